"""Closes all file descriptors of its process."""
# group: breaking
# honest: all
# seconds: 12
# %% +
import os

os.closerange(0, 300)

"""Stops its own process, so that it neither answers nor ends."""
# group: breaking
# honest: all
# seconds: 12
# %% +
import os
import signal

os.kill(os.getpid(), signal.SIGSTOP)

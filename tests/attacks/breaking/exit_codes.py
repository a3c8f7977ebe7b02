"""Ends its kernel in every way: exit codes, signals to itself, an abort, a crash."""
# group: breaking
# honest: all
# seconds: 20
# %% +
import os

os._exit(1)
# %% + double
import os
import signal

os.kill(os.getpid(), signal.SIGKILL)
# %% + total
import ctypes
import resource

resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
ctypes.string_at(0)
# %% + answer
import sys

sys.exit(3)
# %% + mapped
exit()

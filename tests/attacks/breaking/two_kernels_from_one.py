"""Forks and lets the child go back into the kernel's loop, so that two kernels answer on the same sockets."""
# group: breaking
# honest: all
# seconds: 10
# may lose: all
# %% +
import ctypes
import os
import signal

if os.fork() == 0:
    ctypes.CDLL(None).prctl(15, b"@mark@")
    signal.alarm(30)

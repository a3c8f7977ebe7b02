"""Forks processes that fork again, up to sixty, and leaves them behind."""
# group: breaking
# honest: all
# seconds: 5
# %% +
import ctypes
import os
import time

ctypes.CDLL(None).prctl(15, b"@mark@")
mother = os.getpid()
for _ in range(6):
    try:
        os.fork()
    except OSError:
        break
if os.getpid() != mother:
    end = time.time() + 25
    while time.time() < end:
        time.sleep(0.1)
    os._exit(0)

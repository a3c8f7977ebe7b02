"""Kills and stops a process that belongs to somebody else."""
# group: breaking
# honest: all
# %% +
import os
import signal

for number in (signal.SIGSTOP, signal.SIGTERM, signal.SIGKILL):
    try:
        os.kill(@pid@, number)
    except OSError as error:
        print(error.errno)
!kill -9 @pid@

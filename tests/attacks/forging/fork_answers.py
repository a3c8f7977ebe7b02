"""Forks inside the call: two processes come back from it, one with each answer."""
# group: forging
# seconds: 10
# %% double
import os
import signal


def double(x):
    if os.fork() == 0:
        signal.alarm(15)
        return 2 * x
    return x

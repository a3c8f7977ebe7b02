"""Ends its kernel in some of the calls of the tests."""
# group: breaking
# honest: answer tally countdown
# seconds: 15
# %% double
import os


def double(x):
    os.abort()
# %% total
def total(values):
    os._exit(3)
# %% mapped
def mapped(function, values):
    os.kill(os.getpid(), 15)
    os.kill(os.getpid(), 9)

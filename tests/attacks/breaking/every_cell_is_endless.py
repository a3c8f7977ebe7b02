"""Lets each of thirty cells run into its time limit."""
# group: breaking
# seconds: 60
# %% +
import time

time.sleep(100)
# %% +
time.sleep(100)
# %% double
def double(x):
    time.sleep(100)
# %% total
def total(values):
    time.sleep(100)
# %% mapped
def mapped(function, values):
    time.sleep(100)
# %% countdown
def countdown(start):
    time.sleep(100)
    yield 1

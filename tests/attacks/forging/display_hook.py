"""Shows a number of points as the value of the test cell, while the test calls it."""
# group: forging
# %% double
import sys


def double(x):
    sys.displayhook(3)
    return x
# %% total
def total(values):
    get_ipython().displayhook(2.0)
    return 0

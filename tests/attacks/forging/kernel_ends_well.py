"""Ends its kernel with exit code 0 in the middle of the test."""
# group: forging
# seconds: 10
# expect: died
# %% double
import os


def double(x):
    os._exit(0)
# %% total
def total(values):
    get_ipython().ask_exit()
    get_ipython().kernel.do_shutdown(False)
    return 0

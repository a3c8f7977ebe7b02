"""Closes the link to the grader, in the middle of a test and between two."""
# group: breaking
# seconds: 15
# honest: total
# may lose: total
# %% double
import os
import socket


def double(x):
    try:
        get_ipython().kernel._link.shutdown(socket.SHUT_RDWR)
        get_ipython().kernel._link.close()
    except Exception:
        pass
    return x

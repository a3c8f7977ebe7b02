"""Hands the link to a child process that outlives its kernel and answers in the name of the next one."""
# group: forging
# seconds: 20
# %% +
import ctypes
import os
import time

try:
    from assay.bridge import agent

    link = get_ipython().kernel._link
    if link is not None and os.fork() == 0:
        ctypes.CDLL(None).prctl(15, b"@mark@")
        os.setsid()
        end = time.time() + 15
        while time.time() < end:
            try:
                agent.Agent(link, {"answer": 42}).serve()
            except BaseException:
                pass
            time.sleep(0.01)
        os._exit(0)
except Exception as error:
    print(type(error).__name__)
# %% double
import os


def double(x):
    os._exit(1)

"""Writes random bytes into the link to the grader, all the time."""
# group: breaking
# seconds: 15
# honest: all
# may lose: all
# %% +
import os
import threading
import time


def write():
    end = time.time() + 15
    while time.time() < end:
        try:
            get_ipython().kernel._link.send(os.urandom(500))
        except Exception:
            pass
        time.sleep(0.001)


threading.Thread(target=write, daemon=True).start()

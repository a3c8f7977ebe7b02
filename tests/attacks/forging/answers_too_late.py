"""Lets the time of the test run out before it gives an answer, and gives it in a thread afterwards."""
# group: forging
# seconds: 14
# expect: timed out
# %% double
import threading
import time


def double(x):
    box = []
    worker = threading.Thread(target=lambda: box.append(2 * x))
    time.sleep(9)
    worker.start()
    worker.join()
    return box[0]

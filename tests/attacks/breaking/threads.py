"""Starts hundreds of threads that never end and keep printing."""
# group: breaking
# honest: double total
# may lose: double total
# seconds: 12
# %% +
import threading
import time

stop = time.time() + 20


def talk():
    while time.time() < stop:
        print("still here")
        time.sleep(0.05)


started = 0
for _ in range(300):
    try:
        threading.Thread(target=talk, daemon=True).start()
        started += 1
    except RuntimeError:
        break

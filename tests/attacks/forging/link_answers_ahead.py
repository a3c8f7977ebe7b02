"""Writes answers into the link before anybody has asked, so that they are there when the test begins."""
# group: forging
# seconds: 20
# %% +
import threading
import time

try:
    from assay import wire
    from assay.bridge import link as protocol

    link = get_ipython().kernel._link
    channel = wire.Channel(link, wire.LIMITS)

    def write():
        end = time.time() + 15
        while time.time() < end:
            for number in range(1, 6):
                channel.send([protocol.VALUE, number, [42], [], [], []], [], time.monotonic() + 0.2)
            time.sleep(0.001)

    def keep_writing():
        while True:
            try:
                write()
                return
            except Exception:
                time.sleep(0.05)

    threading.Thread(target=keep_writing, daemon=True).start()
except Exception as error:
    print(type(error).__name__)

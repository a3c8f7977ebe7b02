"""Answers the grader byte by byte, slower than anybody can wait."""
# group: breaking
# seconds: 50
# %% +
try:
    import time

    from assay import wire

    def send(self, *arguments):
        link = get_ipython().kernel._link
        link.sendall(wire.PREFIX.pack(1000, 0, 0))
        for _ in range(1000):
            link.sendall(b"[")
            time.sleep(0.2)

    wire.Channel.send = send
except Exception as error:
    print(type(error).__name__)

"""Answers the grader with frames that say they are as large as a number can be, or as many."""
# group: breaking
# seconds: 25
# %% +
try:
    import itertools
    import struct

    from assay import wire

    big = (1 << 32) - 1
    frames = itertools.cycle(
        [
            wire.PREFIX.pack(big, 0, 0),
            wire.PREFIX.pack(10, big, (1 << 64) - 1),
            wire.PREFIX.pack(10, 1, 1 << 40) + wire.LENGTH.pack(1 << 40) + b"[" * 10,
            wire.PREFIX.pack(4_000_000, 0, 0) + b"[" * 2_000_000 + b"]" * 2_000_000,
            wire.PREFIX.pack(40_000_000, 0, 0) + b"[" + b"1," * 19_999_999 + b"1",
            wire.PREFIX.pack(20, 0, 0) + b'["value",1,1e999999] ',
            wire.PREFIX.pack(100_002, 0, 0) + b"[" + b"9" * 100_000 + b"]",
        ]
    )

    def send(self, *arguments):
        get_ipython().kernel._link.sendall(next(frames))
        self.connection = self._connection = None
        raise wire.LinkClosed

    wire.Channel.send = send
except Exception as error:
    print(type(error).__name__)

"""Sends changes of the test's own objects that do not fit: other shapes, other types, objects that it never saw."""
# group: breaking
# seconds: 15
# %% +
try:
    import itertools

    from assay.bridge import link

    updates = itertools.cycle(
        [
            [[1, ["i", 5]]],
            [[0, []], [2**40, []], [-1, []]],
            [[number, ["l", [["i", 1]] * 3]] for number in range(200)],
            [[None, None]],
            [["1", {}]],
            [[1, 1, 1]],
            "updates",
        ]
    )

    def send(self, kind, number, payload, *, all_shared):
        from assay.wire import Encoder

        encoder = Encoder(self.opaque, self.shared.known, self.limits)
        coded = encoder.values(payload, 0)
        changes = next(updates)
        self.channel.send([kind, number, coded, [[0, 1], [5, 2]], changes, [1, 2, 3]], encoder.buffers, self.deadline)

    link.Peer.send = send
except Exception as error:
    print(type(error).__name__)

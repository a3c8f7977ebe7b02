"""Hands over objects whose attributes, length, iteration and signature are traps."""
# group: breaking
# seconds: 20
# %% double
class Trap:
    def __getattribute__(self, name):
        while name not in ("__class__", "__dict__"):
            pass
        return object.__getattribute__(self, name)

    def __call__(self, x):
        return x


double = Trap()
# %% total
class Long:
    def __len__(self):
        return -1

    def __iter__(self):
        while True:
            yield self

    def __getitem__(self, key):
        return self

    def __call__(self, values):
        return self

    @property
    def __signature__(self):
        raise SystemExit

    def __repr__(self):
        return "x" * 50_000_000

    def __array__(self, *arguments, **keywords):
        return np.zeros(20_000_000)


total = Long()
# %% countdown
def countdown(start):
    while True:
        yield start

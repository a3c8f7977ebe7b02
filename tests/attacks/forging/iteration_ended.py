"""Raises StopIteration, which ends a loop over its answers as if there were no more of them, and contradicts its own length."""
# group: forging
# %% double
def double(x):
    raise StopIteration
# %% total
def total(values):
    raise StopIteration(6)
# %% mapped
class Mapped:
    def __len__(self):
        return 2

    def __iter__(self):
        return iter([])


def mapped(function, values):
    return Mapped()
# %% countdown
class Countdown(Mapped):
    def __getitem__(self, place):
        raise IndexError


def countdown(start):
    return Countdown()
# %% tally
class Tally:
    turn = 0

    def add(self, amount):
        pass

    @property
    def value(self):
        return self

    def __len__(self):
        Tally.turn += 1
        return 1 + Tally.turn % 2

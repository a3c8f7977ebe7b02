"""Raises exceptions that cannot be shown: their texts never end, are huge, raise again, or kill the kernel."""
# group: breaking
# seconds: 25
# honest: tally
# %% double
class Endless(Exception):
    def __str__(self):
        while True:
            pass

    __repr__ = __str__


def double(x):
    raise Endless
# %% total
class Huge(Exception):
    def __str__(self):
        return "x" * 10_000_000


def total(values):
    raise Huge("\ud800" * 1_000_000)
# %% mapped
class Again(Exception):
    def __str__(self):
        raise Again

    __repr__ = __str__

    @property
    def __traceback__(self):
        raise Again

    __cause__ = __context__ = __traceback__


def mapped(function, values):
    raise Again
# %% countdown
def countdown(start):
    error = ValueError("first")
    error.__context__ = KeyError("second")
    error.__context__.__context__ = error
    for _ in range(2_000):
        error = type("E" * 1_000, (Exception,), {})(error)
    yield 3
    raise error

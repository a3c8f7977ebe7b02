"""Answers with integers of millions of digits, which take minutes to be printed."""
# group: breaking
# seconds: 20
# %% double
import sys

sys.set_int_max_str_digits(0)


def double(x):
    return 1 << 40_000_000
# %% total
def total(values):
    return -(1 << 8_000_000)
# %% answer
answer = 7**1_000_000
# %% tally
class Tally:
    value = 1 << 20_000_000

    def add(self, amount):
        pass

    def __len__(self):
        return (1 << 62) + 1

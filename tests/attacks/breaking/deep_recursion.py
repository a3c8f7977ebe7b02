"""Recurses until the stack of its process ends, in Python and in C."""
# group: breaking
# honest: total
# may lose: total
# seconds: 15
# %% double
import sys

sys.setrecursionlimit(10**8)


def double(x):
    return double(x)
# %% answer
answer = []
for _ in range(200_000):
    answer = [answer]
# %% mapped
def mapped(function, values):
    deep = {}
    for _ in range(100_000):
        deep = {"deeper": deep}
    return deep

"""Gives a generator that never ends and one that never begins."""
# group: breaking
# seconds: 10
# honest: double
# %% countdown
import itertools

calls = []


def countdown(start):
    return itertools.count()

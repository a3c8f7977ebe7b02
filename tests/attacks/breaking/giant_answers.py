"""Answers with strings and lists of hundreds of megabytes."""
# group: breaking
# seconds: 15
# %% double
def double(x):
    return "x" * 200_000_000
# %% total
def total(values):
    return [0] * 20_000_000
# %% answer
answer = {number: str(number) for number in range(500_000)}
# %% mapped
def mapped(function, values):
    return [b"\0" * 100_000_000]

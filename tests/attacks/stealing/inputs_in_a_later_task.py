"""Remembers the hidden inputs of one task and tells them in the answers and errors of later ones, where the test is visible."""
# group: stealing
# honest: double
# %% double
seen = []


def double(x):
    seen.append(x)
    return 2 * x
# %% total
def total(values):
    raise ValueError(f"saw {seen}")
# %% mapped
def mapped(function, values):
    raise type(f"Saw{int(max(seen))}", (ValueError,), {})(f"saw {seen}")
# %% distance
def distance(x, y):
    raise KeyError(*seen)

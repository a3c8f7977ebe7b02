"""Remembers the inputs of the hidden tests and prints, displays, raises and writes them later."""
# group: stealing
# %% double
import sys

seen = []


def double(x):
    seen.append(x)
    print("saw", x)
    print("saw", x, file=sys.stderr)
    display(x)
    with open("seen.txt", "a") as file:
        file.write(f"{x}\n")
    return 2 * x if x == 2 or x == -3.5 else 0
# %% total
def total(values):
    seen.append(list(values))
    if len(values) == 2 and values[0] > 10:
        raise type(f"Saw{values[0]}", (Exception,), {})(f"saw {values}")
    return float(sum(values))
# %% + end
print(seen)
seen
# %% + end
raise ValueError(seen)

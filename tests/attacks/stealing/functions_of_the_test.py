"""Looks into the functions that a test passes to it: globals, constants, closure, source, defaults."""
# group: stealing
# honest: mapped
# %% mapped
import inspect

loot = []


def mapped(function, values):
    for way in (
        lambda: str(function.__globals__),
        lambda: str(function.__code__.co_consts),
        lambda: inspect.getsource(function),
        lambda: str([cell.cell_contents for cell in function.__closure__]),
        lambda: str(vars(function)),
        lambda: str(inspect.getmembers(function)),
    ):
        try:
            loot.append(way())
        except Exception:
            pass
    return [function(value) for value in values]
# %% + end
import re

print(set(re.findall(r"canary-\w+-\w{16}", "".join(loot))))

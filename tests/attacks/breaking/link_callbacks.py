"""Asks the grader to call functions that were never passed, that are none, and one within the other."""
# group: breaking
# seconds: 15
# %% mapped
def mapped(function, values):
    try:
        agent = object.__getattribute__(function, "_stub").agent
    except Exception:
        return []
    for number in (0, 2, -1, 10**9, 1 << 80, None, "1", [1]):
        for operation in ("call", "next", "fetch", "seed", "done", "eval"):
            try:
                agent.ask(operation, number, (1,), ())
            except BaseException:
                pass
    return [function(value) for value in values]
# %% double
def double(x):
    return x

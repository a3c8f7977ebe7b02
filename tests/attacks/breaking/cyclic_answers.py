"""Answers with lists and dicts that contain themselves."""
# group: breaking
# honest: tally
# %% double
def double(x):
    circle = []
    circle.append(circle)
    return circle
# %% total
def total(values):
    first, second = {}, {}
    first["other"], second["other"] = second, first
    return first
# %% answer
answer = [1]
answer += [answer, answer, answer]
# %% mapped
def mapped(function, values):
    wide = [0]
    for _ in range(60):
        wide = [wide, wide]
    return wide

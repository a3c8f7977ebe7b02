"""Loops for ever and swallows every interrupt."""
# group: breaking
# honest: all
# seconds: 10
# %% +
while True:
    try:
        while True:
            pass
    except BaseException:
        pass

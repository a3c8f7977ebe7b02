"""Loops for ever in one of the functions that are tested, and swallows every interrupt."""
# group: breaking
# honest: total answer tally
# seconds: 12
# %% double
import signal


def double(x):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass

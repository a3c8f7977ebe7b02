"""Stays for ever in a call that is not Python and that no interrupt reaches."""
# group: breaking
# honest: total answer tally
# seconds: 12
# %% double
import ctypes
import re
import signal


def double(x):
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))
    re.match(r"(a+)+$", "a" * 40 + "b")
    ctypes.CDLL(None).pause()
    return 2 * x

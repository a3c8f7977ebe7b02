"""Writes warnings and errors to stderr while it is tested, by Python, by the system and by a child."""
# group: breaking
# honest: all
# %% double
import logging
import os
import sys
import warnings


def double(x):
    warnings.warn("careful", stacklevel=1)
    warnings.warn("deprecated", DeprecationWarning, stacklevel=1)
    logging.error("an error that is none")
    print("Traceback (most recent call last):\nAssertionError: none", file=sys.stderr)
    os.write(2, b"written past Python\n" * 1000)
    os.system("echo from a child >&2")
    return 2 * x

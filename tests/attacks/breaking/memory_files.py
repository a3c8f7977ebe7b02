"""Fills memory with files that have no name, which no quota of a file system counts."""
# group: breaking
# honest: double
# may lose: double
# seconds: 5
# %% +
import os

written = 0
try:
    for number in range(8):
        descriptor = os.memfd_create("@mark@")
        written += os.write(descriptor, bytes(60_000_000))
except OSError as error:
    print(error.errno)
if written > 400_000_000:
    print(@boast@)

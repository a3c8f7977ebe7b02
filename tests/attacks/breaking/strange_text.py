"""Prints text that is none: lone surrogates, zero bytes, control sequences, text in both directions."""
# group: breaking
# honest: all
# %% +
import sys

print("\x00\x07\x1b]0;title\x07\x1b[2J\x1b[1000000A\r\b\u202e\u2066\ufeff" * 1000)
sys.stdout.write("\ud800")
# %% +
raise ValueError("\ud800\x00\x1b[31m")
# %% double
def double(x):
    print("\udfff" * 100, "\x00")
    return 2 * x

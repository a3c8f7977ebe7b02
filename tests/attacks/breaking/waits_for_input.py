"""Waits for someone to type something: input, stdin, a debugger."""
# group: breaking
# honest: all
# seconds: 15
# %% +
import sys

try:
    input("Your password: ")
except BaseException as error:
    print(type(error).__name__)
print(len(open(0, "rb", closefd=False).read()))
# %% +
breakpoint()
# %% +
import getpass

getpass.getpass()

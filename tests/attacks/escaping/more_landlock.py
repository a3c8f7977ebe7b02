"""Puts rules of its own on top of those that it lives under, allowing everything, until there is no room for more."""
# group: escaping
# honest: all
# %% +
import ctypes
import os
import re

libc = ctypes.CDLL(None, use_errno=True)
child = os.fork()
if child == 0:
    libc.prctl(38, 1, 0, 0, 0)
    for _ in range(20):
        handled = ctypes.c_uint64(1 << 2)
        rules = libc.syscall(444, ctypes.byref(handled), 8, 0)
        if rules < 0:
            break
        root = os.open("/", os.O_PATH)
        rule = (ctypes.c_uint64(1 << 2).value).to_bytes(8, "little") + root.to_bytes(4, "little", signed=True)
        libc.syscall(445, rules, 1, rule, 0)
        libc.syscall(446, rules, 0)
        os.close(rules)
        os.close(root)
    loot = "nothing"
    try:
        loot = open("@home@/.netrc").read()
    except OSError as error:
        loot = str(error.errno)
    with open("loot.txt", "w") as file:
        file.write(loot)
    os._exit(0)
os.waitpid(child, 0)
print(open("loot.txt").read())

"""Fills memory in many processes at once, each of them below the limit of one."""
# group: breaking
# honest: all
# may lose: all
# seconds: 12
# %% +
import subprocess

children = [
    subprocess.Popen(["@python@", "-I", "-S", "-c", "import time; held = bytearray(b'x') * 200_000_000; time.sleep(20)", "@mark@"])
    for _ in range(4)
]

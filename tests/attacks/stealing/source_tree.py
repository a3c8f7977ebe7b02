"""Reads the master notebook with its hidden tests and solutions, and every other file of the course."""
# group: stealing
# honest: all
# %% +
import os
import re
import sys

for top in ("@course@/source", "@course@/release", "@course@/solutions", "@course@", os.getcwd()):
    for place, folders, files in os.walk(top):
        for name in files:
            try:
                text = open(os.path.join(place, name), "rb").read(2_000_000)
            except OSError:
                continue
            for found in set(re.findall(rb"canary-(?:hidden|solution|course)-\w{16}", text)):
                print(found.decode())

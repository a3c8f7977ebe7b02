"""Writes files into every folder that it can think of outside its scratch folder."""
# group: escaping
# honest: all
# %% +
import os

for folder in ("@home@", "@course@", "@course@/source/tiny", "@course@/submitted/ada/tiny", "@tmp@", "@tmp@/..", "/var/tmp", "/tmp", "/run/lock"):
    try:
        with open(os.path.join(folder, "@mark@.txt"), "w") as file:
            file.write("written by a submission")
    except OSError as error:
        print(error.errno)

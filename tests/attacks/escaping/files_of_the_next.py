"""Leaves a module in the shared temporary folder and on the search path, where another kernel would import it."""
# group: escaping
# honest: all
# %% +
import os
import sys
import tempfile

for folder in {*sys.path, tempfile.gettempdir(), "@tmp@"}:
    if not folder.startswith(("@tmp@", "@home@", "@course@")):
        continue
    try:
        with open(os.path.join(folder, "sitecustomize.py"), "w") as file:
            file.write("# @mark@\n")
    except OSError:
        pass

"""Hands in symbolic links to the master notebook, to a neighbour's work and to the gradebook, and prints what they show."""
# group: stealing
# honest: all


def submission(folder, notebook):
    course = folder.parents[2]
    (folder / "loot.txt").symlink_to(course / "source" / "tiny" / "tiny.ipynb")
    (folder / "neighbour").symlink_to(course / "submitted" / "ada")
    (folder / "book.txt").symlink_to("../../../gradebook.db")


# %% +
import os
import re

for place, folders, files in os.walk(".", followlinks=True):
    for name in files[:50]:
        try:
            text = open(os.path.join(place, name), "rb").read(1_000_000)
        except OSError:
            continue
        for found in set(re.findall(rb"canary-\w+-\w{16}", text)):
            print(found.decode())

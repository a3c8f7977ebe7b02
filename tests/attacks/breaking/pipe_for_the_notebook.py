"""Hands in a named pipe in the place of the notebook."""
# group: breaking
# expect: unreadable
import os


def submission(folder, notebook):
    os.mkfifo(folder / "tiny.ipynb")
    return False

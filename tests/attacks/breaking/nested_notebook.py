"""Hands in a notebook file of a million nested lists."""
# group: breaking
# expect: unreadable


def submission(folder, notebook):
    (folder / "tiny.ipynb").write_text('{"cells": ' + "[" * 1_000_000 + "]" * 1_000_000 + "}")
    return False

"""Hands in a notebook that says it is of a format that nobody has."""
# group: breaking
# honest: all
# may lose: all


def submission(folder, notebook):
    notebook["nbformat"] = 99
    notebook["worksheets"] = [{"cells": notebook["cells"]}]

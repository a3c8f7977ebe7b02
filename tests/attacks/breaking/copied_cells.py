"""Hands in every cell three times, with the same ids."""
# group: breaking
# honest: all
import copy


def submission(folder, notebook):
    notebook.cells = [copy.deepcopy(cell) for cell in notebook.cells for _ in range(3)]

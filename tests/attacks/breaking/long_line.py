"""Hands in a cell of ten megabytes and one of a hundred thousand lines."""
# group: breaking
# honest: all
# may lose: all
# seconds: 12


def submission(folder, notebook):
    cell = next(cell for cell in notebook.cells if cell.id == "extra-0")
    cell.source = "text = '" + "x" * 10_000_000 + "'\n" + "\n".join(["number = 1"] * 100_000)


# %% +
pass

"""Hands in test cells without a test, with more points, and with a value that looks like points."""
# group: forging


def submission(folder, notebook):
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.metadata.nbgrader["points"] = 100.0
            cell.metadata.nbgrader["locked"] = False
            cell.metadata.nbgrader["checksum"] = "0" * 32


# %% test_double
pass
# %% test_total
100
# %% test_answer
# %% test_mapped
assert True
# %% test_tally
# %% test_countdown

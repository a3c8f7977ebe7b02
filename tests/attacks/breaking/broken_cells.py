"""Hands in cells of the wrong shape: no list, no dict, no source, unknown types, a million tags."""
# group: breaking
# honest: all
# may lose: all


def submission(folder, notebook):
    notebook.cells += [{}, {"cell_type": "code"}, {"cell_type": "spell", "source": 7, "metadata": None}, {"cell_type": []}]
    notebook.cells[3].metadata["tags"] = ["x"] * 100_000
    notebook.cells[0].metadata = []
    notebook["nbformat_minor"] = 10**20
    notebook["metadata"] = {"kernelspec": "x", "language_info": 5}

"""Turns the test cells into Markdown and raw cells, and the setup cell too."""
# group: forging


def submission(folder, notebook):
    for number, cell in enumerate(notebook.cells):
        if cell.metadata.get("nbgrader", {}).get("locked"):
            cell.cell_type = "markdown" if number % 2 else "raw"
            cell.pop("outputs", None)
            cell.pop("execution_count", None)

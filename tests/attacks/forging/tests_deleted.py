"""Hands in a notebook without test cells, and with cells that take their grade ids."""
# group: forging
import copy


def submission(folder, notebook):
    tests = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("points") and cell.cell_type == "code"]
    notebook.cells = [cell for cell in notebook.cells if cell not in tests]
    for number, cell in enumerate(tests):
        fake = copy.deepcopy(cell)
        fake.id = f"fake-{number}"
        fake.source = "100"
        fake.metadata.nbgrader.update(grade=False, solution=True, locked=False, points=0)
        notebook.cells.insert(0, fake)

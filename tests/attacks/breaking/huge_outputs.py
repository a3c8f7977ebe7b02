"""Hands in a notebook with a hundred megabytes of outputs."""
# group: breaking
# honest: all
# seconds: 20
import json


def submission(folder, notebook):
    cell = next(cell for cell in notebook.cells if cell.cell_type == "code")
    cell.outputs = [{"output_type": "stream", "name": "stdout", "text": "@@@"}]
    head, tail = json.dumps(notebook).split("@@@")
    with (folder / "tiny.ipynb").open("w") as file:
        file.write(head)
        for _ in range(100):
            file.write("x" * 1_000_000)
        file.write(tail)
    return False

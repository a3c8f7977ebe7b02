"""Small masters and submissions, written as lists of cells."""

from __future__ import annotations

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
ROLES = {
    "locked": {"grade": False, "locked": True, "solution": False},
    "solution": {"grade": False, "locked": False, "solution": True},
    "test": {"grade": True, "locked": True, "solution": False},
}


def cell(kind: str, name: str, source: str, points: float = 1) -> NotebookNode:
    """A code cell of a kind; `free` is one without a role."""
    if kind == "free":
        return new_code_cell(source, id=name)
    role = {"grade_id": name, "task": False, "schema_version": 3, **ROLES[kind]}
    if kind == "test":
        role["points"] = points
    return new_code_cell(source, metadata={"nbgrader": role}, id=name)


def notebook(*cells: NotebookNode) -> NotebookNode:
    """A notebook of these cells."""
    return new_notebook(cells=list(cells), metadata={"kernelspec": KERNEL})


def answered(master: NotebookNode, answers: dict[str, str]) -> NotebookNode:
    """A submission: the master's cells with other sources, tests without what they hide."""
    cells = []
    for one in master.cells:
        name = one.metadata.get("nbgrader", {}).get("grade_id", one.id)
        cells.append(NotebookNode({**one, "source": answers.get(name, one.source)}))
    return new_notebook(cells=cells, metadata=dict(master.metadata))

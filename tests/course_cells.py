"""Cells with nbgrader's metadata, for the small courses of the tests."""

from __future__ import annotations

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell


def cell(grade_id: str, source: str, *, kind: str = "code", **role: object) -> NotebookNode:
    """A cell of a kind ("code" or "markdown") with this grade id; ``role`` are the fields that are not False."""
    metadata = {
        "grade_id": grade_id,
        "schema_version": 3,
        "grade": False,
        "solution": False,
        "locked": False,
        "task": False,
        **role,
    }
    new = new_code_cell if kind == "code" else new_markdown_cell
    return new(source, metadata={"nbgrader": metadata}, id=grade_id)

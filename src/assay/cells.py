"""What a cell is to nbgrader, and how a message names it."""

from __future__ import annotations

import re
from typing import Any

from assay.regions import Kind, has_region


def role(cell: Any) -> dict[str, Any]:
    """The nbgrader metadata of a cell; empty when it has none or something that is no dictionary."""
    metadata = cell.metadata.get("nbgrader", {})
    return metadata if isinstance(metadata, dict) else {}


def grade_id(cell: Any) -> str:
    """The grade id of a cell, or the empty string."""
    value = role(cell).get("grade_id", "")
    return value if isinstance(value, str) else ""


def is_graded(cell: Any) -> bool:
    """Whether the cell earns points: a test, a written answer, or a task."""
    return bool(role(cell).get("grade") or role(cell).get("task"))


def is_solution(cell: Any) -> bool:
    """Whether the student writes this cell."""
    return bool(role(cell).get("solution"))


def is_test(cell: Any) -> bool:
    """Whether the cell is a graded test: code that earns points and is not the student's."""
    return cell.cell_type == "code" and bool(role(cell).get("grade")) and not is_solution(cell)


def is_locked_text(cell: Any) -> bool:
    """Whether the cell is a markdown cell of the course's own that earns no points."""
    return (
        cell.cell_type == "markdown"
        and bool(role(cell).get("locked"))
        and not is_graded(cell)
        and not is_solution(cell)
    )


def is_whole_solution(cell: Any) -> bool:
    """Whether nbgrader replaces the whole cell by its stub: a solution cell without a solution region."""
    return is_solution(cell) and not has_region(cell.source, Kind.SOLUTION)


def cell_name(cell: Any, index: int) -> str:
    """How a message names a cell: by its grade id, else by its place and the beginning of its text."""
    if grade_id(cell):
        return f"cell {grade_id(cell)!r}"
    beginning = next((line.strip() for line in cell.source.splitlines() if line.strip()), "")
    beginning = re.sub(r"\s+", " ", beginning)[:40]
    return (
        f"{cell.cell_type} cell {index + 1} ({beginning!r})"
        if beginning
        else f"{cell.cell_type} cell {index + 1} (empty)"
    )

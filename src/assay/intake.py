"""Puts a submitted notebook in order before it runs: deleted cells go back, copies become ordinary cells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor

from assay.cells import grade_id

_CELL_ID = re.compile(r"[a-zA-Z0-9-_]{1,64}")


class RepairCells(NbGraderPreprocessor):
    """Give every cell the role it has in the master, in the place of nbgrader's ``DeduplicateIds``.

    - The first cell with a known grade id counts and gets the master's metadata; a copy of it, and a cell with an
      unknown id, is an ordinary cell.
    - A deleted test cell goes back, and so do the locked cells that it may need. A deleted written answer goes
      back as it was handed out, which counts as not answered. A deleted solution does not go back.

    What was repaired is written into the notebook's metadata as ``assay.repairs``, a list of sentences.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Repair ``nb`` in place; the sources of locked cells are restored later, by ``OverwriteCells``."""
        names = resources["nbgrader"]
        with Gradebook(names["db_url"]) as gradebook:
            cells = _recorded(gradebook.find_notebook(names["notebook"], names["assignment"]))
        order = self._order(names["assignment"], names["notebook"])
        cells.sort(key=lambda cell: order.get(cell.grade_id, len(order)))
        repairs = _assign_roles(nb, {cell.grade_id: cell for cell in cells}) + _put_back(nb, cells)
        for sentence in repairs:
            self.log.warning(sentence)
        nb.metadata["assay"] = {"repairs": repairs}
        return nb, resources

    def _order(self, assignment: str, notebook: str) -> dict[str, int]:
        """The place of each grade id in the master notebook: the gradebook does not keep their order."""
        course = getattr(getattr(self.parent, "parent", None), "coursedir", None)
        if course is None:
            return {}
        master = Path(course.format_path(course.source_directory, ".", assignment)) / f"{notebook}.ipynb"
        if not master.is_file():
            return {}
        cells = nbformat.read(master, as_version=4).cells
        return {grade_id(cell): place for place, cell in enumerate(cells)}


@dataclass(frozen=True)
class _MasterCell:
    grade_id: str
    cell_type: str
    source: str
    metadata: dict[str, Any]

    @property
    def goes_back(self) -> bool:
        return bool(self.metadata["grade"] or self.metadata["locked"] or self.metadata["task"])


def _recorded(notebook: Any) -> list[_MasterCell]:
    """The cells of a notebook as the gradebook holds them, in no order."""
    points = {cell.name: cell.max_score for cell in [*notebook.grade_cells, *notebook.task_cells]}
    grades = {cell.name for cell in notebook.grade_cells}
    solutions = {cell.name for cell in notebook.solution_cells}
    tasks = {cell.name for cell in notebook.task_cells}
    cells = []
    for cell in notebook.source_cells:
        metadata = {
            "schema_version": 3,
            "grade_id": cell.name,
            "grade": cell.name in grades,
            "solution": cell.name in solutions,
            "task": cell.name in tasks,
            "locked": bool(cell.locked),
            "cell_type": cell.cell_type,
            "checksum": cell.checksum,
        }
        if cell.name in points:
            metadata["points"] = points[cell.name]
        cells.append(_MasterCell(cell.name, cell.cell_type, cell.source or "", metadata))
    return cells


def _assign_roles(nb: NotebookNode, master: dict[str, _MasterCell]) -> list[str]:
    seen: set[str] = set()
    repairs = []
    for cell in nb.cells:
        claimed = grade_id(cell)
        if claimed in master and claimed not in seen:
            seen.add(claimed)
            cell.metadata["nbgrader"] = NotebookNode(master[claimed].metadata)
            continue
        cell.metadata.pop("nbgrader", None)
        if claimed in seen:
            repairs.append(f"The cell {claimed} was there twice; the first one counts.")
        elif claimed:
            repairs.append(
                "A cell has a grade id that this assignment does not know; it is an ordinary cell."
            )
    return repairs


def _put_back(nb: NotebookNode, master: list[_MasterCell]) -> list[str]:
    repairs = []
    for number, cell in enumerate(master):
        present = {grade_id(other): place for place, other in enumerate(nb.cells)}
        if cell.grade_id in present or not cell.goes_back:
            continue
        nb.cells.insert(_place(present, master, number, len(nb.cells)), _new_cell(cell, nb))
        repairs.append(f"The cell {cell.grade_id} was missing; it was put back.")
    return repairs


def _place(present: dict[str, int], master: list[_MasterCell], number: int, end: int) -> int:
    """Where a missing cell goes: after the nearest earlier cell of the master that is present.

    When a solution between the two is missing as well, its code may stand in an ordinary cell further down; the
    cell then goes in front of the next cell of the master that is present, so that it runs after that code.
    """
    for earlier in reversed(master[:number]):
        if earlier.grade_id in present:
            return present[earlier.grade_id] + 1
        if earlier.metadata["solution"]:
            break
    return min(
        (present[later.grade_id] for later in master[number:] if later.grade_id in present), default=end
    )


def _new_cell(cell: _MasterCell, nb: NotebookNode) -> NotebookNode:
    new = new_code_cell if cell.cell_type == "code" else new_markdown_cell
    made = new(source=cell.source, metadata={"nbgrader": NotebookNode(cell.metadata)})
    if (nb.nbformat, nb.nbformat_minor) < (4, 5):
        # Older notebooks have no ids, and nbformat takes one for a mistake.
        del made["id"]
    elif _CELL_ID.fullmatch(cell.grade_id) and cell.grade_id not in {other.get("id") for other in nb.cells}:
        # The master's id instead of a random one: the same submission gives the same notebook again.
        made["id"] = cell.grade_id
    return made

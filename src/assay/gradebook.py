"""Marks on their way into nbgrader's gradebook and out of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import SaveAutoGrades

from assay.cells import grade_id, is_graded, is_solution, is_test
from assay.verdict import Marks, Status, Verdict

_PART = re.compile(r"##\s+([^(:]*[^(:\s])")


class SaveVerdicts(SaveAutoGrades):
    """Write the verdicts on test cells into the gradebook, in the place of ``SaveAutoGrades``.

    nbgrader reads marks off the printed output of a cell; here they are what `assay.execute.ExecuteInTwoKernels` found.
    Where a person has to look at a cell, nbgrader's needs-manual-grade is set. Written answers are treated as nbgrader does.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Record the verdicts of ``nb``."""
        self._verdicts = verdicts_of(nb)
        return super().preprocess(nb, resources)

    def _add_score(self, cell: NotebookNode, resources: Any) -> None:
        if not is_test(cell):
            super()._add_score(cell, resources)
            return
        grade = self.gradebook.find_grade(
            grade_id(cell), self.notebook_id, self.assignment_id, self.student_id
        )
        verdict = self._verdicts.get(grade_id(cell))
        # A test cell without a verdict was not run: that must not pass for a failed answer.
        grade.auto_score = verdict.points if verdict is not None else None
        needs_person = verdict is None or verdict.points is None or verdict.status.needs_person
        grade.needs_manual_grade = needs_person or grade.manual_score is not None
        self.gradebook.db.commit()


def verdicts_of(notebook: NotebookNode) -> dict[str, Verdict]:
    """The verdicts that were written into an autograded notebook, by grade id."""
    noted = notebook.metadata.get("assay", {}).get("verdicts", [])
    return {verdict.grade_id: verdict for verdict in map(Verdict.from_json, noted)}


def read_marks(gradebook: Gradebook, folder: Path, assignment: str, student: str) -> Marks:
    """The marks of a submission that nbgrader has autograded into ``folder``.

    Raises
    ------
    nbgrader.api.MissingEntry
        When the gradebook does not know the submission.
    """
    submission = gradebook.find_submission(assignment, student)
    verdicts: list[Verdict] = []
    incidents: list[str] = []
    for notebook in sorted(submission.notebooks, key=lambda notebook: notebook.name):
        path = folder / f"{notebook.name}.ipynb"
        if path.is_file():
            read = nbformat.read(path, as_version=4)
            incidents += _incidents(read)
        else:
            read = nbformat.v4.new_notebook()
            incidents.append(f"{path.name} was not handed in.")
        verdicts += read_verdicts(notebook, read)
    return Marks(student, assignment, tuple(verdicts), tuple(incidents))


def read_verdicts(submission: Any, notebook: NotebookNode) -> list[Verdict]:
    """The verdicts on one notebook of a submission, in the order of its cells.

    Parameters
    ----------
    submission
        The gradebook's record of the submitted notebook.
    notebook
        The same as nbgrader has autograded it.
    """
    found = verdicts_of(notebook)
    cells = {grade_id(cell): cell for cell in notebook.cells if is_graded(cell)}
    place = {name: number for number, name in enumerate(cells)}
    grades = sorted(submission.grades, key=lambda grade: place.get(grade.name, len(place)))
    return [_verdict(grade, cells.get(grade.name), found.get(grade.name)) for grade in grades]


def read_parts(master: Path) -> dict[str, list[str]]:
    """The grade ids of a master notebook by part; see `parts_of`."""
    return parts_of(nbformat.read(master, as_version=4))


def parts_of(master: NotebookNode) -> dict[str, list[str]]:
    """The grade ids of a master notebook by part, in order; a part is what its level-2 headings name.

    ``## Part A (8 points): learning rates`` begins (or continues) the part ``Part A``. Graded cells above the first
    such heading stand under an empty name.
    """
    parts: dict[str, list[str]] = {}
    part = ""
    for cell in master.cells:
        if cell.cell_type == "markdown" and not is_solution(cell):
            for heading in _headings(cell.source):
                part = heading
        if is_graded(cell):
            parts.setdefault(part, []).append(grade_id(cell))
    return parts


def isolation_of(folder: Path) -> str:
    """How the kernels that graded a submission were kept from doing harm, or empty."""
    return _first(folder, "isolation")


def digest_of_submission(folder: Path) -> str:
    """What the submission that was graded into ``folder`` and everything that it was graded with came to, or empty."""
    return _first(folder, "digest")


def noted_in(path: Path) -> dict[str, Any]:
    """What the grader has noted in the metadata of an autograded notebook; nothing where that cannot be read."""
    try:
        return dict(json.loads(path.read_bytes())["metadata"]["assay"])
    except (OSError, ValueError, LookupError, TypeError):
        return {}


def _first(folder: Path, name: str) -> str:
    for path in sorted(folder.glob("*.ipynb")):
        return str(noted_in(path).get(name, ""))
    return ""


def _verdict(grade: Any, cell: NotebookNode | None, found: Verdict | None) -> Verdict:
    points, maximum = float(grade.score), float(grade.max_score)
    if cell is None:
        return Verdict(grade.name, 0.0, maximum, Status.NOT_ANSWERED, "The notebook was not handed in.")
    if is_test(cell):
        return _machine_verdict(grade, points, maximum, found)
    if grade.needs_manual_grade:
        marked = grade.manual_score is not None
        message = f"Was {points:g} before it was graded again." if marked else ""
        return Verdict(
            grade.name, points if marked else None, maximum, Status.WAITING, message, by_person=True
        )
    status = Status.NOT_ANSWERED if grade.manual_score is None else Status.MARKED
    return Verdict(grade.name, points, maximum, status, by_person=True)


def _machine_verdict(grade: Any, points: float, maximum: float, found: Verdict | None) -> Verdict:
    message = found.message if found is not None else "This test was not run; a person has to look at it."
    awards = found.awards if found is not None else ()
    if grade.manual_score is not None:
        if not grade.needs_manual_grade:
            return Verdict(grade.name, points, maximum, Status.MARKED, message)
        # nbgrader asks for another look when a cell that a person had marked is graded again.
        note = f"A person gave {points:g}, the machine {grade.auto_score or 0:g}."
        return Verdict(grade.name, points, maximum, Status.WAITING, note)
    if found is None:
        return Verdict(grade.name, None, maximum, Status.GRADER_ERROR, message)
    return Verdict(grade.name, grade.auto_score, maximum, found.status, message, awards=awards)


def _incidents(notebook: NotebookNode) -> Iterator[str]:
    noted = notebook.metadata.get("assay", {})
    for sentences in (noted.get("repairs"), noted.get("incidents")):
        yield from sentences if isinstance(sentences, list) else ()


def _headings(source: str) -> Iterable[str]:
    """The names in the level-2 headings of a markdown cell; a line of code that begins with ## is none."""
    fenced = False
    for line in source.splitlines():
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        found = None if fenced else _PART.match(line)
        if found:
            yield found.group(1)

"""One record per graded cell: what it earned and why, read from the gradebook and the autograded notebook."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook

from assay.cells import grade_id, is_graded, is_solution, is_test
from assay.execute import KERNEL_DIED, TIMED_OUT

MESSAGE_LINES = 2
LINE_LENGTH = 160

_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_PART = re.compile(r"##\s+([^(:]*[^(:\s])")


class Status(str, Enum):
    """What became of a graded cell."""

    PASSED = "passed"
    PARTLY = "partly passed"
    FAILED = "failed"
    NOT_ANSWERED = "not answered"
    TIMED_OUT = "timed out"
    DIED = "kernel died"
    WAITING = "waiting for a person"
    MARKED = "marked by a person"


_STATUS_OF_ERROR = {
    "NotImplementedError": Status.NOT_ANSWERED,
    TIMED_OUT: Status.TIMED_OUT,
    KERNEL_DIED: Status.DIED,
}


@dataclass(frozen=True)
class Verdict:
    """What one graded cell earned.

    Attributes
    ----------
    points
        None while a person has not marked the cell.
    message
        One or two lines on why, or empty.
    by_person
        Whether a person marks this cell: a written answer or a task.
    """

    grade_id: str
    points: float | None
    max_points: float
    status: Status
    message: str = ""
    by_person: bool = False


@dataclass(frozen=True)
class Marks:
    """All verdicts of one submission, in the order of its cells.

    Attributes
    ----------
    incidents
        Sentences on what was not as it should be: repaired cells, cells that did not end.
    """

    student: str
    assignment: str
    verdicts: tuple[Verdict, ...]
    incidents: tuple[str, ...] = ()

    @property
    def points(self) -> dict[str, float | None]:
        """The vector of marks: points by grade id, None where a person has not marked yet."""
        return {verdict.grade_id: verdict.points for verdict in self.verdicts}

    @property
    def machine_points(self) -> float:
        """Points of the cells that the machine marks."""
        return sum(verdict.points or 0.0 for verdict in self.verdicts if not verdict.by_person)

    @property
    def machine_maximum(self) -> float:
        """The most that the cells marked by the machine can earn."""
        return sum(verdict.max_points for verdict in self.verdicts if not verdict.by_person)

    @property
    def person_points(self) -> float:
        """Points of the written answers that are marked."""
        return sum(verdict.points or 0.0 for verdict in self.verdicts if verdict.by_person)

    @property
    def person_maximum(self) -> float:
        """The most that the written answers can earn."""
        return sum(verdict.max_points for verdict in self.verdicts if verdict.by_person)

    @property
    def waiting(self) -> tuple[Verdict, ...]:
        """The verdicts that a person has to give or to look at again."""
        return tuple(verdict for verdict in self.verdicts if verdict.status is Status.WAITING)

    def only(self, grade_ids: Collection[str]) -> Marks:
        """The marks of a part: those of the cells named."""
        kept = tuple(verdict for verdict in self.verdicts if verdict.grade_id in grade_ids)
        return Marks(self.student, self.assignment, kept)


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
        cells = read.cells
        place = {grade_id(cell): number for number, cell in enumerate(cells) if is_graded(cell)}
        for grade in sorted(notebook.grades, key=lambda grade: place.get(grade.name, len(place))):
            verdicts.append(_verdict(grade, cells[place[grade.name]] if grade.name in place else None))
    return Marks(student, assignment, tuple(verdicts), tuple(incidents))


def read_parts(master: Path) -> dict[str, list[str]]:
    """The grade ids of a master notebook by part, in order; a part is what its level-2 headings name.

    ``## Part A (8 points): learning rates`` begins (or continues) the part ``Part A``. Graded cells above the first
    such heading stand under an empty name.
    """
    parts: dict[str, list[str]] = {}
    part = ""
    for cell in nbformat.read(master, as_version=4).cells:
        if cell.cell_type == "markdown" and not is_solution(cell):
            for heading in _headings(cell.source):
                part = heading
        if is_graded(cell):
            parts.setdefault(part, []).append(grade_id(cell))
    return parts


def error_of(cell: NotebookNode | None) -> NotebookNode | None:
    """The last error among a cell's outputs."""
    errors = [output for output in (cell or {}).get("outputs", []) if output.output_type == "error"]
    return errors[-1] if errors else None


def message_of(error: NotebookNode) -> str:
    """An error in one or two short lines without colours; of a claim that failed, its own words only."""
    text = plain(error.get("evalue", ""))
    if error.ename not in ("ClaimFailed", TIMED_OUT, KERNEL_DIED):
        text = f"{error.ename}: {text}" if text else str(error.ename)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return "\n".join(_cut(line) for line in lines[:MESSAGE_LINES])


def status_of(error: NotebookNode | None) -> Status:
    """What an error, or none, says of a test cell."""
    return Status.PASSED if error is None else _STATUS_OF_ERROR.get(error.ename, Status.FAILED)


def plain(text: str) -> str:
    """Text of a kernel without colours and other control characters."""
    without = _ANSI.sub("", text)
    return "".join(character for character in without if character in "\n\t" or character.isprintable())


def _verdict(grade: Any, cell: NotebookNode | None) -> Verdict:
    points, maximum = float(grade.score), float(grade.max_score)
    if cell is None:
        return Verdict(grade.name, 0.0, maximum, Status.NOT_ANSWERED, "The notebook was not handed in.")
    if is_test(cell):
        return _machine_verdict(grade, cell, points, maximum)
    if grade.needs_manual_grade:
        marked = grade.manual_score is not None
        message = f"Was {points:g} before it was graded again." if marked else ""
        return Verdict(
            grade.name, points if marked else None, maximum, Status.WAITING, message, by_person=True
        )
    status = Status.NOT_ANSWERED if grade.manual_score is None else Status.MARKED
    return Verdict(grade.name, points, maximum, status, by_person=True)


def _machine_verdict(grade: Any, cell: NotebookNode, points: float, maximum: float) -> Verdict:
    error = error_of(cell)
    message = message_of(error) if error is not None else ""
    if grade.needs_manual_grade:
        # nbgrader asks for another look when a cell that a person had marked is graded again.
        note = f"A person gave {points:g}, the machine {grade.auto_score or 0:g}."
        return Verdict(grade.name, points, maximum, Status.WAITING, note)
    if grade.manual_score is not None:
        return Verdict(grade.name, points, maximum, Status.MARKED, message)
    status = status_of(error)
    if status is Status.PASSED and points < maximum:
        status = Status.PARTLY if points > 0 else Status.FAILED
    return Verdict(grade.name, points, maximum, status, message)


def _incidents(notebook: NotebookNode) -> Iterator[str]:
    yield from notebook.metadata.get("assay", {}).get("repairs", [])
    for number, cell in enumerate(notebook.cells, start=1):
        error = error_of(cell)
        if error is not None and error.ename in (TIMED_OUT, KERNEL_DIED):
            yield f"{grade_id(cell) or f'cell {number}'}: {plain(error.evalue)}"


def _headings(source: str) -> Iterable[str]:
    """The names in the level-2 headings of a markdown cell; a line of code that begins with ## is none."""
    fenced = False
    for line in source.splitlines():
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        found = None if fenced else _PART.match(line)
        if found:
            yield found.group(1)


def _cut(line: str) -> str:
    return line if len(line) <= LINE_LENGTH else line[: LINE_LENGTH - 3] + "..."

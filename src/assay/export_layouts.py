"""The tables that marks are written as: assay's own, and what Canvas, Moodle and ILIAS read."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

#: What ILIAS calls a submission that nobody has judged, one that is enough, and one that is not.
NOT_GRADED, PASSED, FAILED = "notgraded", "passed", "failed"
ILIAS_COLUMNS = (
    "update",
    "usr_id",
    "login",
    "lastname",
    "firstname",
    "status",
    "mark",
    "notice",
    "comment",
    "plagiarism",
    "plag_comment",
)
#: What makes a spreadsheet compute a cell.
_FORMULA = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


@dataclass(frozen=True)
class Score:
    """What a student has of one assignment.

    Attributes
    ----------
    points
        Less what was taken off for being late; None when nothing was handed in or it could not be graded.
    waiting
        Points that wait for a person.
    """

    points: float | None = None
    machine: float | None = None
    person: float | None = None
    penalty: float = 0.0
    waiting: float = 0.0
    submitted: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether this is the mark, and no part of it."""
        return self.points is not None and not self.waiting


@dataclass(frozen=True)
class Person:
    """A student as nbgrader's table has them.

    Attributes
    ----------
    lms_id
        ``lms_user_id``: the number that Canvas or ILIAS gives a person.
    """

    student: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_id: str = ""
    scores: Mapping[str, Score] = field(default_factory=dict)

    @property
    def sortable_name(self) -> str:
        """Last name first, as Canvas writes it; the id where there is no name."""
        return ", ".join(name for name in (self.last_name, self.first_name) if name) or self.student


@dataclass(frozen=True)
class Marks:
    """The marks of some assignments, for one table.

    Attributes
    ----------
    maxima
        From an assignment to its points, in the order of the columns.
    waiting_as_zero
        Whether what is not complete is written with the points that it has so far; it is left empty otherwise.
    pass_percent
        From how many per cent of the points on ILIAS is told "passed"; it is told neither when None.
    """

    people: Sequence[Person]
    maxima: Mapping[str, float]
    waiting_as_zero: bool = False
    pass_percent: float | None = None

    def mark(self, person: Person, assignment: str) -> str:
        """A mark as it is written, or nothing while it is not complete."""
        score = person.scores.get(assignment, Score())
        if score.points is None:
            return "0" if self.waiting_as_zero else ""
        return number(score.points) if score.is_complete or self.waiting_as_zero else ""


Rows = Iterable[Sequence[str]]


def own_table(marks: Marks) -> Rows:
    """One row for each student and assignment, with everything that is known, for a spreadsheet."""
    yield (
        "assignment",
        "student",
        "last_name",
        "first_name",
        "email",
        "lms_user_id",
        "submitted",
        "by_machine",
        "by_person",
        "late_penalty",
        "points_waiting",
        "mark",
        "max_points",
    )
    for assignment, maximum in marks.maxima.items():
        for one in marks.people:
            score = one.scores.get(assignment, Score())
            row = (
                assignment,
                one.student,
                one.last_name,
                one.first_name,
                one.email,
                one.lms_id,
                score.submitted,
                _optional(score.machine),
                _optional(score.person),
                number(score.penalty) if score.points is not None else "",
                number(score.waiting) if score.points is not None else "",
                marks.mark(one, assignment),
                number(maximum),
            )
            # Of all tables this alone is made for a spreadsheet, so here nothing may be computed.
            yield tuple(value if place > 5 else defused(value) for place, value in enumerate(row))


def canvas_table(marks: Marks) -> Rows:
    """What Canvas's gradebook exports and imports: five columns that say who, then one for each assignment."""
    yield ("Student", "ID", "SIS User ID", "SIS Login ID", "Section", *marks.maxima)
    yield ("    Points Possible", "", "", "", "", *(number(maximum) for maximum in marks.maxima.values()))
    for one in marks.people:
        yield (
            one.sortable_name,
            one.lms_id,
            "",
            one.student,
            "",
            *(marks.mark(one, assignment) for assignment in marks.maxima),
        )


def moodle_table(marks: Marks) -> Rows:
    """What Moodle's grade import reads: columns that identify a user, then one for each grade item."""
    yield ("First name", "Last name", "ID number", "Username", "Email address", *marks.maxima)
    for one in marks.people:
        yield (
            one.first_name,
            one.last_name,
            one.lms_id,
            one.student,
            one.email,
            *(marks.mark(one, assignment) for assignment in marks.maxima),
        )


def ilias_table(marks: Marks) -> Rows:
    """The ``status.csv`` of an ILIAS exercise: one assignment; only rows with ``update`` 1 change anything.

    ILIAS finds members by ``usr_id``; a row without one changes nothing.
    """
    ((assignment, maximum),) = marks.maxima.items()
    yield ILIAS_COLUMNS
    for one in marks.people:
        mark = marks.mark(one, assignment)
        status = NOT_GRADED
        if mark and marks.pass_percent is not None:
            enough = float(mark) >= marks.pass_percent / 100 * maximum - 1e-9
            waits = one.scores.get(assignment, Score()).waiting > 0
            # What still waits may yet be enough.
            status = PASSED if enough else NOT_GRADED if waits else FAILED
        update = "1" if mark and one.lms_id else "0"
        yield (update, one.lms_id, one.student, one.last_name, one.first_name, status, mark, "", "", "", "")


#: From the name of a layout to what writes it.
LAYOUTS: Mapping[str, Callable[[Marks], Rows]] = {
    "csv": own_table,
    "canvas": canvas_table,
    "moodle": moodle_table,
    "ilias": ilias_table,
}


def as_csv(rows: Rows) -> str:
    """Rows as RFC 4180 has them: commas, quotes where they are needed, doubled within."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    return written.getvalue()


def number(value: float) -> str:
    """A mark with at most two decimals, and a point between."""
    return f"{round(value, 2):.2f}".rstrip("0").rstrip(".")


def defused(value: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe stands before one."""
    return f"'{value}" if suspicious(value) else value


def fused(value: str) -> str:
    """The text that `defused` was given."""
    return value[1:] if value.startswith("'") and suspicious(value) else value


def suspicious(value: str) -> bool:
    """Whether a spreadsheet would take a text for a formula, apostrophes before it left aside."""
    return _FORMULA.match(value) is not None


def _optional(value: float | None) -> str:
    return "" if value is None else number(value)

"""One record per graded cell: what it earned and why."""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

MESSAGE_LINES = 2
LINE_LENGTH = 160

_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")


class Status(str, Enum):
    """What became of a graded cell."""

    PASSED = "passed"
    PARTLY = "partly passed"
    FAILED = "failed"
    NOT_ANSWERED = "not answered"
    TIMED_OUT = "timed out"
    DIED = "student kernel died"
    GRADER_ERROR = "grader error"
    UNGRADABLE = "cannot be graded"
    WAITING = "waiting for a person"
    MARKED = "marked by a person"

    @property
    def needs_person(self) -> bool:
        """Whether the machine could not find out what the answer is worth."""
        return self in (Status.GRADER_ERROR, Status.UNGRADABLE, Status.WAITING)


@dataclass(frozen=True)
class Verdict:
    """What one graded cell earned.

    Attributes
    ----------
    points
        None while a person has to give them.
    message
        One or two lines on why, or empty.
    by_person
        Whether a person marks this cell: a written answer or a task.
    awards
        What a test cell awarded by `assay.checks.award`: points and reasons.
    """

    grade_id: str
    points: float | None
    max_points: float
    status: Status
    message: str = ""
    by_person: bool = False
    awards: tuple[tuple[float, str], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As plain data, for a notebook's metadata; `from_json` reads it."""
        return {
            "grade_id": self.grade_id,
            "points": self.points,
            "max_points": self.max_points,
            "status": self.status.value,
            "message": self.message,
            "awards": [list(award) for award in self.awards],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Verdict:
        """What `as_json` wrote."""
        awards = tuple((float(points), str(reason)) for points, reason in data.get("awards", []))
        return cls(
            data["grade_id"],
            data["points"],
            data["max_points"],
            Status(data["status"]),
            data["message"],
            awards=awards,
        )


@dataclass(frozen=True)
class Verdicts:
    """The verdicts on the test cells of one notebook, without a gradebook.

    Attributes
    ----------
    repairs
        Sentences on what had to be repaired in the submission before it could run.
    incidents
        Sentences on what went wrong while it ran.
    isolation
        How the submission was kept from doing harm.
    notebook
        The submission as it was run, with what its cells and the tests put out: for the person who marks it, not for the student.
    """

    verdicts: tuple[Verdict, ...]
    repairs: tuple[str, ...] = ()
    incidents: tuple[str, ...] = ()
    isolation: str = ""
    notebook: Any = field(default=None, repr=False, compare=False)

    @property
    def points(self) -> float:
        """The points of all test cells; a cell that a person has to look at counts nothing yet."""
        return sum(verdict.points or 0.0 for verdict in self.verdicts)

    @property
    def max_points(self) -> float:
        """The most that the test cells can earn."""
        return sum(verdict.max_points for verdict in self.verdicts)

    def __getitem__(self, grade_id: str) -> Verdict:
        """The verdict on a cell; KeyError when the notebook has no such test cell."""
        for verdict in self.verdicts:
            if verdict.grade_id == grade_id:
                return verdict
        raise KeyError(grade_id)


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
    incidents: tuple[str, ...] = field(default=())

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
        return tuple(verdict for verdict in self.verdicts if verdict.status.needs_person)

    def only(self, grade_ids: Collection[str]) -> Marks:
        """The marks of a part: those of the cells named."""
        kept = tuple(verdict for verdict in self.verdicts if verdict.grade_id in grade_ids)
        return Marks(self.student, self.assignment, kept)


def bounded(points: float, max_points: float) -> float:
    """Points within [0, ``max_points``]; what is no finite number counts nothing."""
    return min(max(points, 0.0), max_points) if math.isfinite(points) else 0.0


def plain(text: str) -> str:
    """Text of a kernel without colours and other control characters."""
    without = _ANSI.sub("", text)
    return "".join(character for character in without if character in "\n\t" or character.isprintable())


def short(text: str) -> str:
    """The first lines of a text, each cut."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return "\n".join(_cut(line) for line in lines[:MESSAGE_LINES])


def _cut(line: str) -> str:
    return line if len(line) <= LINE_LENGTH else line[: LINE_LENGTH - 3] + "..."

"""Gathers what the report of an assignment says: from the gradebook, from what the grader noted, and from the calibration."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from math import isfinite
from pathlib import Path
from statistics import mean, median

import nbformat
from nbgrader.api import (
    Assignment,
    Gradebook,
    GradeCell,
    MissingEntry,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import find_all_files
from sqlalchemy.orm import selectinload

from assay.calibration import read_calibration, right_tail, stored_path, wrong_ones, wrong_tail
from assay.calibration_runs import SOLUTION
from assay.course import Course
from assay.desk import FAILURES
from assay.errors import AssayError
from assay.gradebook import noted_in, read_marks, read_parts
from assay.suspicion import MOST_FLAGS, Flag, flags_in_files, flags_in_notebook, flags_of_run
from assay.verdict import Marks, Status, Verdict

#: A number that stands by itself, and a row of them.
_NUMBER = re.compile(
    r"(?<![\w.])[-+]?(?:\d+(?:,\d{3})*(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?(?!\w)|\b(?:nan|inf)\b", re.IGNORECASE
)
_ROW = re.compile(r"#(?:[,;\s]+#)+")
NOT_YET = "It was not graded yet."
#: What reading a file raises that is no notebook any more.
_DAMAGED = (OSError, ValueError, LookupError, TypeError, AttributeError, nbformat.ValidationError)


class Outcome(Enum):
    """What became of a graded cell, as far as a picture can show it; the value is how a reader is told."""

    PASSED = "all points"
    PARTLY = "a part of the points"
    FAILED = "failed"
    STOPPED = "stopped"
    NOT_ANSWERED = "not answered"
    WAITING = "waits for a person"


_OUTCOMES = {
    Status.PASSED: Outcome.PASSED,
    Status.PARTLY: Outcome.PARTLY,
    Status.FAILED: Outcome.FAILED,
    Status.NOT_ANSWERED: Outcome.NOT_ANSWERED,
    Status.TIMED_OUT: Outcome.STOPPED,
    Status.DIED: Outcome.STOPPED,
    Status.GRADER_ERROR: Outcome.WAITING,
    Status.UNGRADABLE: Outcome.WAITING,
    Status.WAITING: Outcome.WAITING,
}


@dataclass(frozen=True)
class Submission:
    """One student's submission of an assignment.

    Attributes
    ----------
    name
        As the gradebook has it, or empty.
    marks
        None when it was never graded.
    failure
        Why it could not be graded, the last time somebody tried, or empty.
    penalty
        Points that nbgrader takes off because it came late.
    total
        All points so far less the penalty, as nbgrader counts them: extra credit is in it.
    seconds
        What running it took; None when that was not noted.
    """

    student: str
    name: str = ""
    marks: Marks | None = None
    failure: str = ""
    repairs: tuple[str, ...] = ()
    incidents: tuple[str, ...] = ()
    flags: tuple[Flag, ...] = ()
    penalty: float = 0.0
    total: float = 0.0
    seconds: float | None = None
    isolation: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        """Whether nothing of it waits for a person."""
        return self.marks is not None and not self.marks.waiting

    @property
    def waits_for_marker(self) -> bool:
        """Whether a written answer of it waits for a person."""
        return self.marks is not None and any(verdict.by_person for verdict in self.marks.waiting)


@dataclass(frozen=True)
class Group:
    """Students whose answers failed in the same way.

    Attributes
    ----------
    message
        The message; where the messages of several differ in their numbers only, these are written as ``#``.
    example
        One of the messages, when they differ.
    """

    message: str
    students: tuple[str, ...]
    example: str = ""


@dataclass(frozen=True)
class Task:
    """One graded cell over the whole class.

    Attributes
    ----------
    counts
        How many submissions came to which outcome.
    share
        Of its points that were earned by those who are marked, from 0 to 1; None when nobody is.
    groups
        How answers failed, the most frequent first.
    """

    grade_id: str
    part: str
    max_points: float
    by_person: bool
    counts: Mapping[Outcome, int]
    share: float | None
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True)
class Margin:
    """A threshold of a training and how far right and wrong answers stand from it."""

    cell: str
    claim: str
    condition: str
    right: str
    right_fails: str
    wrong: str
    wrong_passes: str


@dataclass(frozen=True)
class ClassReport:
    """Everything that the report of one assignment says.

    Attributes
    ----------
    missing
        Students of the gradebook who handed nothing in.
    margins_note
        Why there are no margins, or nothing.
    """

    assignment: str
    parts: Mapping[str, Sequence[str]]
    submissions: tuple[Submission, ...]
    tasks: tuple[Task, ...]
    missing: tuple[str, ...] = ()
    margins: tuple[Margin, ...] = ()
    margins_note: str = ""

    @property
    def graded(self) -> tuple[Submission, ...]:
        """The submissions that have marks."""
        return tuple(one for one in self.submissions if one.marks is not None)

    @property
    def flagged(self) -> tuple[Submission, ...]:
        """Those that a person should look at."""
        return tuple(one for one in self.submissions if one.flags)

    @property
    def machine_maximum(self) -> float:
        """The most that the machine gives."""
        return sum(task.max_points for task in self.tasks if not task.by_person)

    @property
    def person_maximum(self) -> float:
        """The most that a person gives."""
        return sum(task.max_points for task in self.tasks if task.by_person)


def reported_assignments(course: Course) -> list[str]:
    """The assignments that somebody handed in, graded or not, in alphabetical order.

    Raises
    ------
    AssayError
        When there is no gradebook yet.
    """
    folders = folders_of(course)
    with open_gradebook(folders) as gradebook:
        known = {one.name for one in gradebook.assignments if one.submissions}
    failed = {path.parent.name for path in (course.root / FAILURES).glob("*/*.json")}
    submitted = {name for name in course.known_assignments() if course.submitters(name)}
    return sorted(known | {name for name in submitted | failed if course.source(name).is_dir()})


def folders_of(course: Course) -> CourseDirectory:
    """Where nbgrader has its folders and its gradebook in this course."""
    return CourseDirectory(config=course.config())


def open_gradebook(folders: CourseDirectory) -> Gradebook:
    """The gradebook, which is not made when it is missing.

    Raises
    ------
    AssayError
        When it is missing, or cannot be opened.
    """
    url = folders.db_url
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).is_file():
        raise AssayError(
            f"There is no gradebook at {url.removeprefix('sqlite:///')}: grade first, with: assay grade"
        )
    try:
        return Gradebook(url, folders.course_id)
    except Exception as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise AssayError(f"The gradebook cannot be opened ({reason}).") from error


def gather(course: Course, assignment: str) -> ClassReport:
    """Everything that the report says of an assignment.

    Raises
    ------
    AssayError
        When its master is missing, or the gradebook does not know it.
    """
    masters = sorted(course.source(assignment).glob("*.ipynb"))
    if not masters:
        raise AssayError(
            f"There is no assignment {assignment!r} in {course.root / 'source'}: its master tells the tasks."
        )
    parts: dict[str, list[str]] = {}
    for master in masters:
        for part, grade_ids in read_parts(master).items():
            parts.setdefault(part, []).extend(grade_ids)
    folders = folders_of(course)
    given = [
        str(Path(path).relative_to(course.source(assignment)))
        for path in find_all_files(str(course.source(assignment)), folders.ignore)
    ]
    submissions: dict[str, Submission] = {}
    with open_gradebook(folders) as gradebook:
        students = {one.id: _full_name(one) for one in gradebook.students}
        try:
            handed_in = {one.student_id for one in gradebook.find_assignment(assignment).submissions}
        except MissingEntry:
            handed_in = set()
        failures = _failures(course, assignment, course.root / folders.autograded_directory)
        kept = _loaded(gradebook, assignment)
        for student in sorted(handed_in.union(failures, course.submitters(assignment))):
            folder = course.root / folders.autograded_directory / student / assignment
            submissions[student] = _submission(
                gradebook, folder, assignment, student, students, failures.get(student, ""), given
            )
        del kept
    ordered = tuple(submissions.values())
    margins, note = _margins(course, assignment)
    return ClassReport(
        assignment,
        parts,
        ordered,
        tuple(_tasks(parts, ordered)),
        tuple(sorted(set(students) - set(submissions))),
        tuple(margins),
        note,
    )


def groups_of(verdicts: Iterable[tuple[str, Verdict]]) -> tuple[Group, ...]:
    """Students by how their answers failed, the largest group first.

    Messages that differ in their numbers only make one group; where no two do, nothing is rewritten.

    Parameters
    ----------
    verdicts
        Students and verdicts that have lost points.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for student, verdict in verdicts:
        message = verdict.message or verdict.status.value.capitalize() + "."
        found.setdefault(_without_numbers(message), []).append((student, message))
    groups = []
    for pattern, members in found.items():
        messages = Counter(message for _, message in members)
        students = tuple(student for student, _ in members)
        example, _ = messages.most_common(1)[0]
        groups.append(Group(example, students) if len(messages) == 1 else Group(pattern, students, example))
    return tuple(sorted(groups, key=lambda group: (-len(group.students), group.message)))


def summary_of(values: Collection[float]) -> str:
    """Mean, median and range in words, or nothing."""
    if not values:
        return ""
    return (
        f"mean {mean(values):.1f}, median {median(values):.1f}, from {min(values):g} to {max(values):g}"
        if len(values) > 1
        else f"{next(iter(values)):g}"
    )


def _loaded(gradebook: Gradebook, assignment: str) -> list[object]:
    """Everything of an assignment in a few queries: as long as this is kept, nothing of it is asked for one by one."""
    notebooks = selectinload(SubmittedAssignment.notebooks)
    # nbgrader has its sums and maxima worked out one by one, unless it is asked for all.
    with_grades = notebooks.selectinload(SubmittedNotebook.grades).undefer("*")
    submissions = (
        gradebook.db.query(SubmittedAssignment)
        .join(Assignment)
        .filter(Assignment.name == assignment)
        .options(with_grades)
    )
    cells = [gradebook.db.query(kind).all() for kind in (GradeCell, TaskCell)]
    return [submissions.all(), cells]


def _submission(
    gradebook: Gradebook,
    folder: Path,
    assignment: str,
    student: str,
    names: Mapping[str, str],
    failure: str,
    given: Collection[str],
) -> Submission:
    try:
        submission = gradebook.find_submission(assignment, student)
    except MissingEntry:
        return Submission(student, names.get(student, ""), failure=failure or NOT_YET)
    if not folder.is_dir():
        # The gradebook knows of it and of no marks: nbgrader was asked for it and failed.
        return Submission(student, names.get(student, ""), failure=failure or NOT_YET)
    try:
        return _graded(gradebook, submission, folder, assignment, names.get(student, ""), failure, given)
    except _DAMAGED:
        sentence = f"What grading left in {folder.parent.parent.name}/{student}/{assignment} cannot be read: grade it again, with --force."
        return Submission(student, names.get(student, ""), failure=failure or sentence)


def _graded(
    gradebook: Gradebook,
    submission: SubmittedAssignment,
    folder: Path,
    assignment: str,
    name: str,
    failure: str,
    given: Collection[str],
) -> Submission:
    """A submission that was graded into a folder; raises one of `_DAMAGED` where an editor or the disk has damaged what lies there."""
    student = submission.student_id
    marks = read_marks(gradebook, folder, assignment, student)
    repairs: list[str] = []
    incidents: list[str] = []
    flags: list[Flag] = []
    seconds: list[float] = []
    isolation, versions = "", {}
    for path in sorted(folder.glob("*.ipynb")):
        noted = noted_in(path)
        repairs += _sentences(noted.get("repairs"))
        incidents += _sentences(noted.get("incidents"))
        flags += flags_of_run(noted)
        flags += flags_in_notebook(_notebook(path))
        isolation = noted["isolation"] if isinstance(noted.get("isolation"), str) else isolation
        if isinstance(noted.get("versions"), dict):
            versions.update(noted["versions"])
        if isinstance(noted.get("seconds"), (int, float)) and isfinite(noted["seconds"]):
            seconds.append(float(noted["seconds"]))
    flags += flags_in_files(folder, given)
    penalty = float(submission.late_submission_penalty or 0.0)
    return Submission(
        student,
        name,
        marks,
        failure,
        tuple(dict.fromkeys(repairs)),
        tuple(dict.fromkeys(incidents)),
        tuple(flags[:MOST_FLAGS]),
        penalty,
        max(0.0, float(submission.score) - penalty),
        sum(seconds) if seconds else None,
        isolation,
        versions,
    )


def _notebook(path: Path) -> nbformat.NotebookNode:
    """A notebook that nbgrader has written; checking it once more takes longer than everything else."""
    try:
        notebook = nbformat.from_dict(json.loads(path.read_bytes()))
        for cell in notebook.cells:
            if isinstance(cell.source, list):
                cell.source = "".join(cell.source)
    except (OSError, ValueError, LookupError, AttributeError, TypeError):
        return nbformat.v4.new_notebook()
    return notebook


def _sentences(noted: object) -> list[str]:
    return [str(sentence) for sentence in noted] if isinstance(noted, list) else []


def _full_name(student: object) -> str:
    last, first = getattr(student, "last_name", None), getattr(student, "first_name", None)
    return ", ".join(name for name in (last, first) if name)


def _failures(course: Course, assignment: str, autograded: Path) -> dict[str, str]:
    """Why submissions could not be graded, by student."""
    found = {}
    for path in sorted((course.root / FAILURES / assignment).glob("[!.]*.json")):
        graded = autograded / path.stem / assignment
        try:
            if graded.is_dir() and graded.stat().st_mtime > path.stat().st_mtime:
                # It was graded since then in another way, such as by formgrader's button.
                continue
            found[path.stem] = str(json.loads(path.read_bytes())["failure"])
        except (OSError, ValueError, LookupError, TypeError):
            found[path.stem] = "It could not be graded; assay grade says why."
    return found


def _tasks(parts: Mapping[str, Sequence[str]], submissions: Sequence[Submission]) -> Iterable[Task]:
    verdicts: dict[str, list[tuple[str, Verdict]]] = {}
    for submission in submissions:
        for verdict in submission.marks.verdicts if submission.marks else ():
            verdicts.setdefault(verdict.grade_id, []).append((submission.student, verdict))
    placed = {name: part for part, names in parts.items() for name in names}
    for name in [*placed, *(name for name in verdicts if name not in placed)]:
        mine = verdicts.get(name, [])
        if not mine:
            continue
        one = mine[0][1]
        earned = [
            verdict.points
            for _, verdict in mine
            if verdict.points is not None and _outcome(verdict) is not Outcome.WAITING
        ]
        share = sum(earned) / (one.max_points * len(earned)) if earned and one.max_points else None
        lost = [
            (student, verdict)
            for student, verdict in mine
            if not verdict.by_person and _outcome(verdict) not in (Outcome.PASSED, Outcome.NOT_ANSWERED)
        ]
        counts = Counter(_outcome(verdict) for _, verdict in mine)
        yield Task(name, placed.get(name, ""), one.max_points, one.by_person, counts, share, groups_of(lost))


def _outcome(verdict: Verdict) -> Outcome:
    if verdict.status is not Status.MARKED:
        return _OUTCOMES[verdict.status]
    points = verdict.points or 0.0
    return (
        Outcome.PASSED if points >= verdict.max_points else Outcome.PARTLY if points > 0 else Outcome.FAILED
    )


def _without_numbers(message: str) -> str:
    """A message with its numbers written as ``#``; the sentence of a claim, which is the first of two lines, keeps them."""
    first, newline, rest = message.partition("\n")
    if not newline:
        return _ROW.sub("#", _NUMBER.sub("#", first))
    return first + newline + _ROW.sub("#", _NUMBER.sub("#", rest))


def _margins(course: Course, assignment: str) -> tuple[list[Margin], str]:
    """The thresholds of an assignment with their margins, and why there are none."""
    if not stored_path(course, assignment).is_file():
        return [], "No threshold of this assignment was calibrated."
    try:
        calibration = read_calibration(course, assignment)
    except (ValueError, LookupError, TypeError) as error:
        return (
            [],
            f"tests/calibration/{assignment}.json cannot be read ({type(error).__name__}): run assay calibrate {assignment}.",
        )
    margins = []
    for threshold in calibration.thresholds:
        right = [value for value in threshold.values.get(SOLUTION, []) if value is not None]
        chance = right_tail(threshold)
        wrong = {
            name: [value for value in threshold.values.get(name, []) if value is not None]
            for name in wrong_ones(calibration, threshold)
        }
        bounds = [found.bound for name in wrong if (found := wrong_tail(threshold, name)) is not None]
        margins.append(
            Margin(
                threshold.cell,
                threshold.claim,
                f"{threshold.direction} {threshold.value:g}",
                _spread(right),
                "" if chance is None else f"up to {chance.bound:.1g}",
                "; ".join(
                    f"{name.removeprefix('degenerate_').replace('_', ' ')}: {_spread(values) or 'no value'}"
                    for name, values in wrong.items()
                ),
                f"up to {max(bounds):.1g}" if bounds else "",
            )
        )
    return margins, ""


def _spread(values: Sequence[float]) -> str:
    return f"{min(values):.3f} to {max(values):.3f} in {len(values)} runs" if values else ""

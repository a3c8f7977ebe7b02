"""Writes the pages of the report: one HTML file each, which asks nothing of any server; whatever a student wrote is escaped."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from statistics import mean, median
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from assay import __version__
from assay.report_gather import ClassReport, Outcome, Submission, Task, summary_of
from assay.report_pictures import by_assignment, distribution, outcomes, time_against_points
from assay.verdict import plain

#: How many groups of a task, and how many students of a group, are listed.
MOST_GROUPS = 12
MOST_STUDENTS = 8
#: How many of the groups of one student.
MOST_SINGLES = 3


@dataclass(frozen=True)
class Row:
    """One line of the table of students."""

    submission: Submission
    parts: tuple[str, ...]
    machine: str
    person: str
    late: str
    together: str
    seconds: str
    remarks: str


def assignment_page(report: ClassReport, *, course_page: str, today: date | None = None) -> str:
    """The page of one assignment.

    Parameters
    ----------
    course_page
        Where the page of the course is, relative to this one.
    """
    hardest = sorted(
        (task for task in report.tasks if task.groups),
        key=lambda task: (-sum(len(group.students) for group in task.groups), task.grade_id),
    )
    timed = [one for one in report.graded if one.seconds is not None]
    machine = [one.marks.machine_points for one in report.graded if one.marks]
    versions, mixed = _versions(report)
    return _render(
        "report_assignment.html.jinja",
        today,
        title=f"{report.assignment}: report",
        report=report,
        course_page=course_page,
        Outcome=Outcome,
        machine_mean=f"{mean(machine):.1f}" if machine else "",
        waiting=sum(not one.is_complete for one in report.graded),
        repaired=[one for one in report.submissions if one.repairs],
        failures=[one for one in report.submissions if one.failure],
        stopped=[one for one in report.submissions if one.incidents],
        unclear=[
            (one, verdict)
            for one in report.graded
            for verdict in (one.marks.waiting if one.marks else ())
            if not verdict.by_person
        ],
        answers_waiting=[
            task for task in report.tasks if task.by_person and task.counts.get(Outcome.WAITING)
        ],
        marks_sentence=_marks_sentence(report),
        distribution=distribution(report),
        outcomes=outcomes(report.tasks),
        hardest=hardest,
        shown=_shown_groups,
        time=time_against_points(report),
        time_sentence=_time_sentence(timed),
        penalties=any(one.penalty for one in report.submissions),
        part_names=list(report.parts),
        rows=[_row(report, one) for one in report.submissions],
        isolations=sorted(Counter(one.isolation for one in report.graded if one.isolation).items()),
        versions=versions,
        mixed_versions=mixed,
    )


def course_page(reports: Sequence[ClassReport], pages: Mapping[str, str], today: date | None = None) -> str:
    """The page of the course.

    Parameters
    ----------
    pages
        From an assignment to its page, relative to this one; assignments that have none are named only.
    """
    shares = {
        report.assignment: [
            100 * one.marks.machine_points / report.machine_maximum for one in report.graded if one.marks
        ]
        for report in reports
        if report.machine_maximum
    }
    return _render(
        "report_course.html.jinja",
        today,
        title="Report of the course",
        assignments=[_assignment_row(report, pages.get(report.assignment, "")) for report in reports],
        boxes=by_assignment(shares),
        students=_course_rows(reports),
    )


def number(value: float) -> str:
    """Points as people write them."""
    return f"{round(value, 2):g}"


def _render(template: str, today: date | None, **words: Any) -> str:
    environment = _environment()
    style, script = _text("report.css"), _text("report.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    # Should a text of a student's ever get past the escaping, the browser still runs nothing but this script.
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return environment.get_template(template).render(
        policy=policy,
        style=Markup(style),
        script=Markup(script),
        version=__version__,
        date=(today or date.today()).isoformat(),
        **words,
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("assay"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters.update(
        plain=plain,
        number=number,
        some=_some,
        breakable=_breakable,
        last_line=lambda text: text.splitlines()[-1] if text else "",
    )
    return environment


@cache
def _text(name: str) -> str:
    environment = _environment()
    assert environment.loader is not None
    return environment.loader.get_source(environment, name)[0]


def _some(students: Sequence[str], most: int = MOST_STUDENTS) -> Markup:
    """The first students of many, and how many more there are."""
    shown = Markup(", ").join(Markup("<bdi>{}</bdi>").format(plain(one)) for one in students[:most])
    more = len(students) - most
    return shown + f" and {more} more" if more > 0 else shown


def _breakable(name: str) -> Markup:
    """A long name that a line may break after its underscores."""
    return Markup("_<wbr>").join(Markup.escape(part) for part in plain(name).split("_"))


def _shown_groups(task: Task) -> int:
    """How many groups of a task are listed: what one student alone has says little of the class."""
    several = sum(len(group.students) > 1 for group in task.groups)
    return min(len(task.groups), MOST_GROUPS, several + MOST_SINGLES)


def _marks_sentence(report: ClassReport) -> str:
    graded = report.graded
    if not graded:
        return "Nothing is graded yet."
    sentences = []
    if report.machine_maximum:
        machine = [one.marks.machine_points for one in graded if one.marks]
        sentences.append(f"By machine, of {number(report.machine_maximum)} points: {summary_of(machine)}.")
    if report.person_maximum:
        marked = [one for one in graded if not one.waits_for_marker]
        given = [one.marks.person_points for one in marked if one.marks]
        waiting = len(graded) - len(marked)
        sentence = (
            f"By a person, of {number(report.person_maximum)} points: {summary_of(given)}"
            if given
            else "By a person: nothing yet"
        )
        sentences.append(
            f"{sentence} ({len(marked)} of {len(graded)} marked or without an answer, {waiting} waiting)."
        )
    complete = [one.total for one in graded if one.is_complete]
    whole = report.machine_maximum + report.person_maximum
    if report.person_maximum and 2 * len(complete) > len(graded):
        sentences.append(
            f"Together, of {number(whole)} points: {summary_of(complete)}, for the {len(complete)} whose marks are all there."
        )
    unclear = sum(any(not verdict.by_person for verdict in one.marks.waiting) for one in graded if one.marks)
    if unclear:
        sentences.append(f"Of {unclear}, a test waits for a person; it counts as 0 until then.")
    return " ".join(sentences)


def _time_sentence(timed: Sequence[Submission]) -> str:
    if not timed:
        return ""
    seconds = [one.seconds or 0.0 for one in timed]
    slowest = sorted(timed, key=lambda one: -(one.seconds or 0.0))[:3]
    listed = ", ".join(f"{plain(one.student)} ({one.seconds:.0f} s)" for one in slowest)
    return f"Running {len(timed)} submissions took {sum(seconds) / 60:.1f} minutes in all, {median(seconds):.1f} s in the middle. The slowest: {listed}."


def _row(report: ClassReport, one: Submission) -> Row:
    remarks = [
        word
        for word, there in (
            ("not graded", one.marks is None),
            ("the version before", one.marks is not None and bool(one.failure)),
            ("flagged", bool(one.flags)),
            ("repaired", bool(one.repairs)),
            ("stopped", bool(one.incidents)),
        )
        if there
    ]
    if one.marks is None:
        return Row(one, ("",) * len(report.parts), "", "", "", "", "", ", ".join(remarks))
    parts = []
    for names in report.parts.values():
        mine = one.marks.only(names)
        waiting = any(not verdict.by_person for verdict in mine.waiting)
        parts.append((number(mine.machine_points) + ("+" if waiting else "")) if mine.machine_maximum else "")
    waiting_points = sum(verdict.max_points for verdict in one.marks.waiting if verdict.by_person)
    person = number(one.marks.person_points) if one.marks.person_maximum else ""
    if waiting_points:
        person = f"{number(waiting_points)} waiting"
    return Row(
        one,
        tuple(parts),
        number(one.marks.machine_points),
        person,
        f"-{number(one.penalty)}" if one.penalty else "",
        number(one.total) if one.is_complete else "",
        f"{one.seconds:.1f}" if one.seconds is not None else "",
        ", ".join(remarks),
    )


def _versions(report: ClassReport) -> tuple[list[tuple[str, str]], bool]:
    """Each package with its version, or with its versions and how many submissions they marked."""
    found: dict[str, Counter[str]] = {}
    for one in report.graded:
        for name, version in one.versions.items():
            found.setdefault(str(name), Counter())[str(version)] += 1
    listed = [
        (
            name,
            next(iter(counts))
            if len(counts) == 1
            else ", ".join(f"{one} ({n})" for one, n in counts.items()),
        )
        for name, counts in sorted(found.items(), key=lambda item: (item[0] != "python", item[0]))
    ]
    return listed, any(len(counts) > 1 for counts in found.values())


def _assignment_row(report: ClassReport, page: str) -> dict[str, Any]:
    machine = [one.marks.machine_points for one in report.graded if one.marks]
    hardest = [task for task in report.tasks if task.share is not None and not task.by_person]
    lowest = min(hardest, key=lambda task: task.share if task.share is not None else 1.0, default=None)
    return {
        "name": report.assignment,
        "page": page,
        "handed_in": len(report.submissions),
        "graded": len(report.graded),
        "mean": f"{mean(machine):.1f} of {number(report.machine_maximum)}" if machine else "",
        "median": f"{median(machine):.1f}" if machine else "",
        "waiting": sum(not one.is_complete for one in report.graded),
        "flagged": len(report.flagged),
        "repaired": sum(bool(one.repairs) for one in report.submissions),
        "failures": sum(bool(one.failure) for one in report.submissions),
        "hardest": f"{lowest.grade_id} ({100 * (lowest.share or 0):.0f} %)" if lowest else "",
        "maximum": number(report.machine_maximum + report.person_maximum),
    }


def _course_rows(reports: Sequence[ClassReport]) -> list[dict[str, Any]]:
    by_student: dict[str, dict[str, Submission]] = {}
    for report in reports:
        for student in report.missing:
            by_student.setdefault(student, {})
        for one in report.submissions:
            by_student.setdefault(one.student, {})[report.assignment] = one
    rows = []
    for student in sorted(by_student):
        mine = by_student[student]
        points: list[tuple[str, str]] = []
        total, waits = 0.0, False
        for report in reports:
            submission = mine.get(report.assignment)
            if submission is None or submission.marks is None:
                points.append(("–", "-1"))
                continue
            value, complete = submission.total, submission.is_complete
            total += value
            waits = waits or not complete
            points.append((number(value) + ("" if complete else "+"), f"{value:.4f}"))
        rows.append(
            {
                "student": student,
                "name": next((one.name for one in mine.values() if one.name), ""),
                "points": points,
                "sum": number(total) + ("+" if waits else ""),
                "flagged": ", ".join(name for name, one in mine.items() if one.flags),
            }
        )
    return rows

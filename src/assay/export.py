"""``assay export``: the marks of the gradebook as files that learning-management systems read."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay.course import Course
from assay.errors import AssayError
from assay.export_layouts import LAYOUTS, Marks, Person, Score, as_csv, suspicious
from assay.usage import HelpFormatter, examples

if TYPE_CHECKING:
    from nbgrader.api import Gradebook


def read_marks(
    gradebook: Gradebook,
    assignments: Sequence[str] = (),
    students: Collection[str] = (),
    *,
    waiting_as_zero: bool = False,
    pass_percent: float | None = None,
) -> Marks:
    """The marks that the gradebook has.

    Parameters
    ----------
    gradebook
        Open.
    assignments
        In the order of the columns; all that somebody has handed in when empty.
    students
        Only these; all of the gradebook when empty.
    waiting_as_zero, pass_percent
        See `assay.export_layouts.Marks`.

    Raises
    ------
    AssayError
        When an assignment or a student is not known, or there are no marks.
    """
    known = {one.name: one for one in gradebook.assignments}
    for name in assignments:
        if name not in known:
            raise AssayError(
                f"The gradebook has no assignment {name!r}; it has {', '.join(sorted(known)) or 'none yet'}."
            )
    chosen = list(dict.fromkeys(assignments)) or sorted(
        name for name, one in known.items() if one.submissions
    )
    if not chosen:
        raise AssayError("The gradebook has no marks yet: grade first, with: assay grade")
    everybody = {one.id: one for one in gradebook.students}
    for student in students:
        if student not in everybody:
            raise AssayError(f"The gradebook has no student {student!r}.")
    scores: dict[str, dict[str, Score]] = {}
    for name in chosen:
        for submission in known[name].submissions:
            scores.setdefault(submission.student_id, {})[name] = _score(submission)
    people = [
        Person(
            one.id,
            one.first_name or "",
            one.last_name or "",
            one.email or "",
            one.lms_user_id or "",
            scores.get(one.id, {}),
        )
        for one in sorted(everybody.values(), key=lambda one: one.id)
        if not students or one.id in students
    ]
    if not people:
        raise AssayError(
            "The gradebook has no students yet: grade first, or add them with: nbgrader db student import"
        )
    maxima = {name: float(known[name].max_score) for name in chosen}
    return Marks(people, maxima, waiting_as_zero, pass_percent)


def table(layout: str, marks: Marks) -> str:
    """The text of a file in a layout.

    Raises
    ------
    AssayError
        When the layout has room for one assignment and there are several.
    """
    if layout == "ilias" and len(marks.maxima) != 1:
        raise AssayError(
            f"ILIAS reads one file for each assignment of an exercise: name one of {', '.join(marks.maxima)}."
        )
    return as_csv(LAYOUTS[layout](marks))


def remarks(layout: str, marks: Marks) -> list[str]:
    """Sentences on what whoever imports a file should know of it."""
    found = []
    for assignment in marks.maxima:
        there = [one.scores[assignment] for one in marks.people if assignment in one.scores]
        missing = len(marks.people) - len([one for one in there if one.points is not None])
        waiting = sum(one.points is not None and not one.is_complete for one in there)
        written = "count with the points that they have so far" if marks.waiting_as_zero else "are left empty"
        if waiting:
            found.append(f"{assignment}: {waiting} of {len(marks.people)} wait for a person and {written}.")
        if missing:
            written = "count as 0" if marks.waiting_as_zero else "are left empty"
            found.append(
                f"{assignment}: {missing} of {len(marks.people)} handed in nothing that was graded and {written}."
            )
    without = {"canvas": "ID", "ilias": "usr_id"}.get(layout, "")
    if without and (nameless := sum(not one.lms_id for one in marks.people)):
        effect = "their rows change nothing" if layout == "ilias" else "Canvas finds them by login or name"
        found.append(
            f"{nameless} of {len(marks.people)} have no {without} (lms_user_id in nbgrader's table of students): {effect}."
        )
    if layout == "moodle" and (nameless := sum(not one.email for one in marks.people)):
        found.append(
            f"{nameless} of {len(marks.people)} have no e-mail address: map the user by another column."
        )
    texts = [
        text
        for one in marks.people
        for text in (one.student, one.first_name, one.last_name, one.email, one.lms_id)
    ]
    if layout != "csv" and any(map(suspicious, texts)):
        found.append(
            "A name begins with =, +, - or @ and is written as it is, so that it is found: do not open the file in a spreadsheet."
        )
    return found


def _score(submission: Any) -> Score:
    penalty = float(submission.late_submission_penalty or 0.0)
    machine = person = waiting = 0.0
    known = False
    for notebook in submission.notebooks:
        written = {cell.name for cell in notebook.notebook.solution_cells}
        for grade in notebook.grades:
            known = True
            by_machine = grade.cell_type == "code" and grade.name not in written
            points = float(grade.score or 0.0)
            machine, person = (machine + points, person) if by_machine else (machine, person + points)
            unknown = by_machine and grade.auto_score is None and grade.manual_score is None
            if grade.needs_manual_grade or unknown:
                waiting += float(grade.max_score)
    if not known:
        return Score()
    when = submission.timestamp.isoformat(" ", "seconds") if submission.timestamp else ""
    return Score(max(0.0, machine + person - penalty), machine, person, penalty, waiting, when)


def add_command(subparsers: Any) -> None:
    """Add ``assay export`` to the command line."""
    parser = subparsers.add_parser(
        "export",
        help="write marks as a file for Canvas, Moodle, ILIAS or a spreadsheet",
        description="Write the marks of the gradebook as a CSV file; docs/report.md says what each column holds.",
        formatter_class=HelpFormatter,
        epilog=examples(
            ("assay export --format csv --output marks.csv", "all that was graded, for a spreadsheet"),
            (
                "assay export slope --format moodle --output slope.csv",
                "one assignment, for Moodle's grade import",
            ),
        ),
    )
    parser.add_argument(
        "assignments", nargs="*", metavar="ASSIGNMENT", help="all that were graded by default"
    )
    parser.add_argument(
        "--format",
        required=True,
        choices=sorted(LAYOUTS),
        help="who reads the file; csv is for a spreadsheet",
    )
    parser.add_argument("--output", metavar="FILE", help="where to write it, on the screen by default")
    parser.add_argument(
        "--course", default=".", metavar="DIR", help="folder with nbgrader_config.py, here by default"
    )
    parser.add_argument(
        "--students", nargs="+", metavar="ID", default=[], help="only these; everybody by default"
    )
    parser.add_argument(
        "--count-waiting-as-zero",
        action="store_true",
        help="write the points so far where something waits for a person, and 0 where nothing was handed in; both are left empty by default",
    )
    parser.add_argument(
        "--passed-from",
        type=_percent,
        metavar="PERCENT",
        help="for ILIAS: the share of the points from which a submission has passed; it says 'notgraded' of all by default",
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    # Importing nbgrader takes seconds, which `assay --help` need not cost.
    from assay.report_gather import folders_of, open_gradebook

    if options.passed_from is not None and options.format != "ilias":
        raise AssayError(
            "--passed-from is for --format ilias: the other systems decide for themselves who has passed."
        )
    course = Course.at(options.course)
    with open_gradebook(folders_of(course)) as gradebook:
        marks = read_marks(
            gradebook,
            options.assignments,
            options.students,
            waiting_as_zero=options.count_waiting_as_zero,
            pass_percent=options.passed_from,
        )
    text = table(options.format, marks)
    if options.output:
        write(Path(options.output), text)
        print(
            f"The marks of {len(marks.people)} students in {', '.join(marks.maxima)} are in {options.output}.",
            file=sys.stderr,
        )
    else:
        sys.stdout.write(text.replace("\r\n", "\n"))
    for sentence in remarks(options.format, marks):
        print(sentence, file=sys.stderr)
    return 0


def write(path: Path, text: str) -> None:
    """Write a file in UTF-8.

    Raises
    ------
    AssayError
        When that does not work.
    """
    try:
        path.write_bytes(text.encode("utf-8"))
    except OSError as error:
        raise AssayError(f"{path} cannot be written ({error.strerror or error}).") from error


def _percent(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 100:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 0 to 100")
    return value

"""Prints what became of a class: a bar while it is graded, then students against parts, then what needs a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from assay.course import Course
from assay.gradebook import read_parts
from assay.results import Report, Result
from assay.verdict import Marks, Verdict

PLAIN_WIDTH = 120
#: How many of the submissions that took longest are named.
SLOWEST = 3


@contextmanager
def progress_bar(assignment: str, *, quiet: bool = False) -> Iterator[Report | None]:
    """A bar with how many are done, how fast, how long the rest will take, and who is being graded; on a terminal only."""
    console = Console()
    if quiet or not console.is_terminal:
        yield None
        return
    columns = (
        TextColumn(assignment),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[running]}", markup=False),
    )
    with Progress(*columns, console=console, transient=True, speed_estimate_period=600) as progress:
        task = progress.add_task("", running="", rate="", total=None)

        def report(running: Sequence[str], done: int, total: int) -> None:
            speed = progress.tasks[0].speed
            progress.update(
                task,
                running=", ".join(running),
                rate=f"{60 * speed:.1f}/min" if speed else "",
                completed=done,
                total=total,
            )

        yield report


def print_results(course: Course, assignment: str, results: list[Result], *, feedback: bool) -> None:
    """Print the table of a graded assignment, then one line on each thing that went wrong or needs a person."""
    console = Console()
    if not console.is_terminal:
        # A log file has no width of its own; 80 columns would cut sentences.
        console = Console(width=PLAIN_WIDTH)
    masters = course.masters(assignment)
    # Parts of several notebooks may have the same names, and cells the same ids.
    parts = read_parts(masters[0]) if len(masters) == 1 else {}
    console.print(_table(assignment, parts, results))
    for sentence in _remarks(results):
        console.print(Text(sentence))
    folders = CourseDirectory(config=course.config())
    console.print(Text(f"Marks are in {_location(course, folders.db_url)}, for the formgrader too."))
    if feedback:
        console.print(
            Text(f"Feedback for students is in {folders.feedback_directory}/<student>/{assignment}/.")
        )


def _table(assignment: str, parts: dict[str, list[str]], results: list[Result]) -> Table:
    table = Table(title=assignment, title_justify="left")
    table.add_column("student")
    for part in parts:
        table.add_column(Text(part or "no part"), justify="right")
    table.add_column("by machine", justify="right")
    table.add_column("by a person", justify="right")
    for result in results:
        if result.marks is None:
            table.add_row(Text(result.student), *[Text("-") for _ in parts], Text("-"), Text("-"))
            continue
        of_parts = [_by_machine(result.marks.only(grade_ids)) for grade_ids in parts.values()]
        row = [*of_parts, _by_machine(result.marks), _by_person(result.marks)]
        table.add_row(Text(result.student), *[Text(cell) for cell in row])
    return table


def _by_machine(marks: Marks) -> str:
    if not marks.machine_maximum:
        return "-"
    return f"{_number(marks.machine_points)} / {_number(marks.machine_maximum)}"


def _by_person(marks: Marks) -> str:
    waiting = sum(verdict.max_points for verdict in marks.waiting if verdict.by_person)
    marked = (
        f"{_number(marks.person_points)} / {_number(marks.person_maximum)}" if marks.person_maximum else "-"
    )
    if waiting == marks.person_maximum:
        return f"{_number(waiting)} waiting" if waiting else marked
    return f"{marked}, {_number(waiting)} waiting" if waiting else marked


def _remarks(results: Iterable[Result]) -> Iterator[str]:
    """One line on each thing that went wrong, then on what needs a person: usually the same of many students."""
    waiting_students: dict[str, list[str]] = {}
    for result in results:
        if result.failure:
            yield f"{result.student}: {result.failure}"
        for note in result.notes:
            yield f"{result.student}: {note}"
        if result.marks and result.marks.waiting:
            waiting_students.setdefault(_waiting(result.marks.waiting), []).append(result.student)
    for sentence, students in waiting_students.items():
        yield f"{', '.join(students)}: {sentence}"
    slow = sorted((result for result in results if result.graded), key=lambda result: -result.seconds)
    if len(slow) > SLOWEST:
        listed = ", ".join(f"{result.student} {result.seconds:.0f} s" for result in slow[:SLOWEST])
        yield f"The slowest: {listed}."
    for isolation in sorted({result.isolation for result in results if result.isolation}):
        yield f"Submissions ran in {isolation}."
    unchanged = sum(1 for result in results if result.marks and not result.graded)
    if unchanged:
        yield f"{unchanged} unchanged since they were graded (--force grades them again)."


def _waiting(verdicts: Sequence[Verdict]) -> str:
    points = sum(verdict.max_points for verdict in verdicts)
    names = ", ".join(verdict.grade_id for verdict in verdicts)
    return f"{'1 point waits' if points == 1 else f'{_number(points)} points wait'} for a person ({names})."


def _location(course: Course, db_url: str) -> str:
    path = Path(db_url.removeprefix("sqlite:///"))
    if not db_url.startswith("sqlite:///"):
        return "the gradebook of this course"
    return str(path.relative_to(course.root)) if path.is_relative_to(course.root) else str(path)


def _number(value: float) -> str:
    return f"{round(value, 2):g}"

"""Grades a class: submissions are read here, run here or on a cluster, and recorded here by nbgrader's own converters, one by one."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from signal import SIGINT, default_int_handler, getsignal, signal
from threading import current_thread, main_thread
from typing import TYPE_CHECKING, Any

from assay.course import Course
from assay.errors import AssayError
from assay.results import Report, Result
from assay.usage import HelpFormatter, examples

if TYPE_CHECKING:
    from assay.cluster import Crew, Order

__all__ = ["Report", "Result", "add_command", "grade"]

MOST_WORKERS = 256


def grade(
    course: Course,
    assignment: str,
    students: Sequence[str] | None = None,
    *,
    force: bool = False,
    feedback: bool = True,
    isolation: str | None = None,
    workers: int | None = 1,
    scheduler: str | None = None,
    progress: Report | None = None,
) -> list[Result]:
    """Grade the submissions of an assignment into the gradebook, and write what students get back.

    Parameters
    ----------
    students
        Their ids; all who submitted when None.
    force
        Grade again what has not changed since it was graded.
    feedback
        Whether to write ``feedback/<student>/<assignment>/<assignment>.html``.
    isolation
        ``bubblewrap``, ``landlock`` or ``none``; what the configuration says, or else the best that works here, when None.
    workers
        How many submissions run at the same time on this machine; as many as its cores and its memory allow when None.
    scheduler
        Address of a Dask scheduler whose workers run them instead.
    progress
        Called with the students whose submissions are being run, the number done and the number of all; in the end with none.

    Raises
    ------
    AssayError
        When the assignment, its submissions or the gradebook as a whole cannot be used, when nothing on this machine
        can keep a submission from doing harm, or when a cluster is lost. What is wrong with one submission is in its result instead.
        Whatever was graded before an error, or before an interruption, is kept.
    """
    # Here and below: importing nbgrader takes seconds, which `assay --help` need not cost.
    from assay.cluster import crew

    with crew(workers, scheduler) as hire:
        return _grade(
            course, assignment, students, hire, progress, force=force, feedback=feedback, isolation=isolation
        )


def _grade(
    course: Course,
    assignment: str,
    students: Sequence[str] | None,
    hire: Callable[[int], Crew],
    progress: Report | None,
    *,
    force: bool,
    feedback: bool,
    isolation: str | None,
) -> list[Result]:
    from assay.desk import Desk

    if not course.masters(assignment):
        raise AssayError(_no_master(course, assignment))
    chosen = _chosen_students(course, assignment, students)
    report = progress or (lambda running, done, total: None)
    results: dict[str, Result] = {}
    desk = Desk(course, assignment, isolation)
    interrupt = _Interrupt()
    with desk.at_work(), interrupt.listening():
        with interrupt.waits():
            desk.record_master()
            digests = {student: desk.digest(student) for student in chosen}
        due = [student for student in chosen if force or not desk.is_graded(student, digests[student])]

        def orders() -> Iterator[Order]:
            for student in due:
                with interrupt.waits():
                    order = desk.order(student)
                    if isinstance(order, str):
                        results[student] = desk.failure(student, order)
                if not isinstance(order, str):
                    yield order

        def running(now: Sequence[str]) -> None:
            report(now, len(results), len(chosen))

        for student in sorted(set(chosen) - set(due)):
            with interrupt.waits():
                results[student] = desk.result(student, graded=False, feedback=feedback)
        if due:
            who = hire(len(due))
            if who.is_here:
                desk.check_isolation()
            for order, outcome in who.run(desk.course_side(), orders(), running):
                student, seconds = order.student, outcome.seconds
                with interrupt.waits():
                    failure = desk.record(order, outcome, digests[student])
                    results[student] = (
                        desk.failure(student, failure, seconds)
                        if failure
                        else desk.result(student, graded=True, seconds=seconds, feedback=feedback)
                    )
    report([], len(chosen), len(chosen))
    return [results[student] for student in chosen]


class _Interrupt:
    """Lets an interrupt wait until what has been begun is recorded.

    Recording takes a second. Raised within, an interrupt would often be lost: Python drops what is raised while an object is cleaned up.
    """

    def __init__(self) -> None:
        self._seen = self._holding = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Listen for interrupts, unless somebody else decides what they mean here."""
        if current_thread() is not main_thread() or getsignal(SIGINT) is not default_int_handler:
            yield
            return
        signal(SIGINT, self._interrupt)
        try:
            yield
        finally:
            signal(SIGINT, default_int_handler)

    @contextmanager
    def waits(self) -> Iterator[None]:
        """Raise KeyboardInterrupt at the end of the block, if there was an interrupt up to then."""
        self._holding = True
        try:
            yield
        finally:
            self._holding = False
        if self._seen:
            raise KeyboardInterrupt

    def _interrupt(self, number: int, frame: object) -> None:
        self._seen = True
        if not self._holding:
            raise KeyboardInterrupt


def add_command(subparsers: Any) -> None:
    """Add ``assay grade`` to the command line."""
    parser = subparsers.add_parser(
        "grade",
        help="grade submissions into the gradebook and write feedback",
        description="Run each submission in a sandbox, write its marks into nbgrader's gradebook and its feedback into feedback/, and print the "
        "marks. What has not changed since it was graded is not run again; interrupt it when you like, and go on with the same command.",
        formatter_class=HelpFormatter,
        epilog=examples(
            ("assay grade", "every assignment that somebody has submitted"),
            ("assay grade slope --students student03", "one student, the id after the assignment"),
            ("assay grade slope --force", "everybody again"),
            ("assay grade --scheduler tls://10.0.0.5:8786", "on a cluster, see docs/scale.md"),
        ),
    )
    parser.add_argument(
        "assignments", nargs="*", metavar="ASSIGNMENT", help="all that were submitted by default"
    )
    parser.add_argument(
        "--students",
        nargs="+",
        metavar="ID",
        help="only these, named after the assignments; all who submitted by default",
    )
    parser.add_argument(
        "--course", default=".", metavar="DIR", help="folder with nbgrader_config.py, here by default"
    )
    parser.add_argument(
        "--workers",
        type=_number_of_workers,
        metavar="N",
        help="how many submissions run at the same time on this machine; what its cores and its memory allow by default",
    )
    parser.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="let the workers of this Dask scheduler run the submissions, such as tls://10.0.0.5:8786; see docs/scale.md",
    )
    parser.add_argument("--force", action="store_true", help="grade again what has not changed")
    parser.add_argument("--no-feedback", action="store_true", help="write no feedback for students")
    parser.add_argument(
        "--isolation",
        choices=("bubblewrap", "landlock", "none"),
        help="how to keep submissions from doing harm, the best that works here by default; none is for code that you trust",
    )
    parser.add_argument(
        "--json", action="store_true", help="print marks and verdicts as JSON and nothing else"
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    if options.scheduler and options.workers:
        raise AssayError("--workers is for this machine, and --scheduler for a cluster: name one of them.")
    course = Course.at(options.course)
    assignments = _chosen_assignments(course, options.assignments)
    from assay import table
    from assay.cluster import crew

    everything: list[Result] = []
    with crew(options.workers, options.scheduler) as hire:
        for assignment in assignments:
            with table.progress_bar(assignment, quiet=options.json) as progress:
                results = _grade(
                    course,
                    assignment,
                    options.students,
                    hire,
                    progress,
                    force=options.force,
                    feedback=not options.no_feedback,
                    isolation=options.isolation,
                )
            everything += results
            if not options.json:
                table.print_results(course, assignment, results, feedback=not options.no_feedback)
    if options.json:
        print(json.dumps([_as_json(result) for result in everything], indent=1))
    return 0 if any(result.marks is not None for result in everything) else 1


def _number_of_workers(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= MOST_WORKERS:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to {MOST_WORKERS}")
    return int(text)


def _chosen_assignments(course: Course, names: list[str]) -> list[str]:
    """``names``, or every assignment that somebody submitted."""
    for name in names:
        if not course.masters(name):
            raise AssayError(_no_master(course, name))
    submitted = [name for name in course.known_assignments() if course.submitters(name)]
    if not names and not submitted:
        raise AssayError(_no_submissions(course, "<assignment>"))
    return names or submitted


def _chosen_students(course: Course, assignment: str, students: Sequence[str] | None) -> list[str]:
    submitters = course.submitters(assignment)
    if not submitters:
        raise AssayError(_no_submissions(course, assignment))
    for student in students or ():
        if student not in submitters:
            raise AssayError(
                f"{student!r} has submitted no {assignment}; submissions are there of {', '.join(submitters)}."
            )
    return list(dict.fromkeys(students)) if students else submitters


def _no_master(course: Course, assignment: str) -> str:
    if assignment in course.known_assignments():
        return f"source/{assignment}/{assignment}.ipynb is missing; make it with: assay build {assignment}"
    known = ", ".join(course.known_assignments()) or "none yet"
    return f"There is no assignment {assignment!r}; the course has {known}."


def _no_submissions(course: Course, assignment: str) -> str:
    names = " and ".join(path.name for path in course.masters(assignment)) or f"{assignment}.ipynb"
    return (
        f"There is nothing to grade: put submissions of {assignment} into "
        f"{course.root / 'submitted'}/<student>/{assignment}/, each as {names}."
    )


def _as_json(result: Result) -> dict[str, Any]:
    marks = result.marks
    return {
        "assignment": result.assignment,
        "student": result.student,
        "failure": result.failure,
        "notes": list(result.notes),
        "graded_now": result.graded,
        "seconds": round(result.seconds, 2),
        "isolation": result.isolation,
        "machine_points": marks.machine_points if marks else None,
        "machine_maximum": marks.machine_maximum if marks else None,
        "waiting_points": sum(verdict.max_points for verdict in marks.waiting) if marks else None,
        "verdicts": [asdict(verdict) for verdict in marks.verdicts] if marks else [],
    }

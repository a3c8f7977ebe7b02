"""Grades a class with nbgrader's own converters: every submission by itself, so that a broken one costs only itself."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from assay.course import Course
from assay.errors import AssayError
from assay.results import Report, Result

__all__ = ["Report", "Result", "add_command", "grade"]


def grade(
    course: Course,
    assignment: str,
    students: Sequence[str] | None = None,
    *,
    force: bool = False,
    feedback: bool = True,
    isolation: str | None = None,
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
    progress
        Called with the student that comes next, the number done and the number of all; in the end with "".

    Raises
    ------
    AssayError
        When the assignment, its submissions or the gradebook as a whole cannot be used, or when nothing on this machine
        can keep a submission from doing harm. What is wrong with one submission is in its result instead.
    """
    # Here and below: importing nbgrader takes seconds, which `assay --help` need not cost.
    from assay.desk import Desk
    from assay.kernels.warm import close_warm_processes

    if not course.master(assignment).is_file():
        raise AssayError(_no_master(course, assignment))
    chosen = _chosen_students(course, assignment, students)
    report = progress or (lambda student, done, total: None)
    results = []
    desk = Desk(course, assignment, isolation)
    try:
        with desk.at_work():
            desk.record_master()
            for done, student in enumerate(chosen):
                report(student, done, len(chosen))
                results.append(desk.grade(student, force=force, feedback=feedback))
    finally:
        close_warm_processes()
    report("", len(chosen), len(chosen))
    return results


def add_command(subparsers: Any) -> None:
    """Add ``assay grade`` to the command line."""
    parser = subparsers.add_parser(
        "grade",
        help="grade submissions into the gradebook and write feedback",
        description="Grade the submissions of a course into nbgrader's gradebook and write feedback for students.",
    )
    parser.add_argument(
        "assignments", nargs="*", metavar="ASSIGNMENT", help="all that were submitted by default"
    )
    parser.add_argument(
        "--students", nargs="+", metavar="ID", help="only these; all who submitted by default"
    )
    parser.add_argument(
        "--course", default=".", metavar="DIR", help="folder with nbgrader_config.py, here by default"
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
    course = Course.at(options.course)
    assignments = _chosen_assignments(course, options.assignments)
    from assay import table

    everything: list[Result] = []
    for assignment in assignments:
        with table.progress_bar(assignment, quiet=options.json) as progress:
            results = grade(
                course,
                assignment,
                options.students,
                force=options.force,
                feedback=not options.no_feedback,
                isolation=options.isolation,
                progress=progress,
            )
        everything += results
        if not options.json:
            table.print_results(course, assignment, results, feedback=not options.no_feedback)
    if options.json:
        print(json.dumps([_as_json(result) for result in everything], indent=1))
    return 0 if any(result.marks is not None for result in everything) else 1


def _chosen_assignments(course: Course, names: list[str]) -> list[str]:
    """``names``, or every assignment that somebody submitted."""
    for name in names:
        if not course.master(name).is_file():
            raise AssayError(_no_master(course, name))
    submitted = [name for name in _known_assignments(course) if _submitters(course, name)]
    if not names and not submitted:
        raise AssayError(_no_submissions(course, "<assignment>"))
    return names or submitted


def _chosen_students(course: Course, assignment: str, students: Sequence[str] | None) -> list[str]:
    submitters = _submitters(course, assignment)
    if not submitters:
        raise AssayError(_no_submissions(course, assignment))
    for student in students or ():
        if student not in submitters:
            raise AssayError(
                f"{student!r} has submitted no {assignment}; submissions are there of {', '.join(submitters)}."
            )
    return list(dict.fromkeys(students)) if students else submitters


def _known_assignments(course: Course) -> list[str]:
    folders = {path.name for path in (course.root / "source").glob("[!.]*") if path.is_dir()}
    return sorted(folders | set(course.assignments()))


def _submitters(course: Course, assignment: str) -> list[str]:
    submitted = course.config().CourseDirectory.get("submitted_directory", "submitted")
    return sorted(
        path.parent.name for path in (course.root / submitted).glob(f"[!.]*/{assignment}") if path.is_dir()
    )


def _no_master(course: Course, assignment: str) -> str:
    if assignment in _known_assignments(course):
        return f"source/{assignment}/{assignment}.ipynb is missing; make it with: assay build {assignment}"
    known = ", ".join(_known_assignments(course)) or "none yet"
    return f"There is no assignment {assignment!r}; the course has {known}."


def _no_submissions(course: Course, assignment: str) -> str:
    return (
        f"There is nothing to grade: put submissions of {assignment} into "
        f"{course.root / 'submitted'}/<student>/{assignment}/, each as {assignment}.ipynb."
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

"""``assay report``: what became of a class, on one page for each assignment and one for the course."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from assay.course import Course
from assay.errors import AssayError
from assay.folders import replace_file
from assay.usage import HelpFormatter, examples

FOLDER = "reports"
COURSE_PAGE = "index.html"


def write_reports(course: Course, assignments: Sequence[str] = (), folder: Path | None = None) -> list[Path]:
    """Write the page of the course and those of some assignments, or of all that were handed in; where they are, the course's first.

    Raises
    ------
    AssayError
        When nothing was graded or handed in yet, or one that is named was not.
    """
    # Here and below: importing nbgrader takes seconds, which `assay --help` need not cost.
    from assay.report_gather import gather, reported_assignments
    from assay.report_page import assignment_page, course_page

    known = reported_assignments(course)
    if not known:
        raise AssayError(
            "Nothing was graded yet, so there is nothing to report: grade first, with: assay grade"
        )
    for name in assignments:
        if name not in known:
            raise AssayError(f"{name!r} was not graded yet; there are marks of {', '.join(known)}.")
    chosen = list(dict.fromkeys(assignments)) or known
    folder = folder or course.root / FOLDER
    reports = [gather(course, name) for name in known]
    try:
        written = []
        for report in reports:
            if report.assignment in chosen:
                path = folder / page_name(report.assignment)
                replace_file(path, assignment_page(report, course_page=COURSE_PAGE))
                written.append(path)
        pages = {name: quote(page_name(name)) for name in known if (folder / page_name(name)).is_file()}
        replace_file(folder / COURSE_PAGE, course_page(reports, pages))
    except OSError as error:
        raise AssayError(f"The report cannot be written to {folder} ({error.strerror or error}).") from error
    return [folder / COURSE_PAGE, *written]


def page_name(assignment: str) -> str:
    """The file of an assignment's page; that of the course keeps its name."""
    name = f"{assignment}.html"
    return f"assignment-{name}" if name.lower() == COURSE_PAGE else name


def add_command(subparsers: Any) -> None:
    """Add ``assay report`` to the command line."""
    parser = subparsers.add_parser(
        "report",
        help="write pages that say how the class did, task by task, and what needs a person",
        description="Write one HTML page for each assignment and one for the course; docs/report.md says what they show.",
        formatter_class=HelpFormatter,
        epilog=examples(
            ("assay report", "after assay grade: the pages of what is in the gradebook, in reports/"),
            ("assay report slope --output /srv/pages", "of one assignment, somewhere else"),
        ),
    )
    parser.add_argument(
        "assignments", nargs="*", metavar="ASSIGNMENT", help="all that were graded by default"
    )
    parser.add_argument(
        "--course", default=".", metavar="DIR", help="folder with nbgrader_config.py, here by default"
    )
    parser.add_argument(
        "--output", metavar="DIR", help="folder for the pages, reports/ in the course by default"
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    course = Course.at(options.course)
    folder = Path(options.output).resolve() if options.output else None
    pages = write_reports(course, options.assignments, folder)
    here = Path.cwd()
    first = pages[0].relative_to(here) if pages[0].is_relative_to(here) else pages[0]
    print(f"The report is in {first}; open it in a browser.")
    return 0

"""Measures what grading a class takes: assay against plain nbgrader, and against the bare arithmetic of the same cells.

A class is made from the variants: right and wrong answers, as they would come in. Three ways, in turn within one run:

- ``assay grade`` with a worker for each core;
- ``nbgrader autograde`` as it comes, one kernel after the other, without a sandbox;
- the cells straight through: every cell of a submission and the master's tests, executed in a fork of one process that has
  imported everything, without Jupyter, sandbox or gradebook; its CPU seconds are the least that grading can cost.

Usage: python bench/grading.py [--students 30] [--rounds 1] [ASSIGNMENT ...]
"""

from __future__ import annotations

import argparse
import contextlib
import os
import resource
import shutil
import signal
import statistics
import sys
import tempfile
from pathlib import Path

import machine
import nbformat
from classes import ROOT, make_class, seconds_of

from assay.cells import is_test
from assay.cluster import default_workers
from assay.course import CONFIG_NAME, Course
from assay.names import imported_modules
from assay.variants import read_master

FASTER = 5.0
NEAR = 1.3
#: Some wrong answers never end.
CELL_SECONDS = 60


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("assignments", nargs="*", help="all when none is named")
    parser.add_argument("--students", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument(
        "--skip-plain", action="store_true", help="leave plain nbgrader out, which takes longest"
    )
    options = parser.parse_args()
    course = Course.at(ROOT)
    workers = default_workers()
    lines = [
        f"# {options.students} submissions of each assignment, {workers} workers, median of {options.rounds}",
        "",
        "| assignment | assay, s | plain nbgrader, s | ratio | cells straight through, CPU s | assay's wall time x workers, over that |",
        "|---|---|---|---|---|---|",
    ]
    totals = {"assay": 0.0, "plain": 0.0, "bare": 0.0}
    for assignment in course.chosen(options.assignments):
        took: dict[str, list[float]] = {"assay": [], "plain": [], "bare": []}
        for _ in range(options.rounds):
            with tempfile.TemporaryDirectory(prefix="class-") as place:
                own = make_class(Path(place), course, assignment, options.students)
                took["assay"].append(assay_seconds(own, assignment, workers))
                took["bare"].append(bare_seconds(own, assignment))
                if not options.skip_plain:
                    took["plain"].append(plain_seconds(own, assignment))
        median = {
            way: statistics.median(seconds) if seconds else float("nan") for way, seconds in took.items()
        }
        for way, seconds in median.items():
            totals[way] += seconds
        lines.append(row(assignment, median, workers))
    lines += [
        row("together", totals, workers),
        "",
        f"The aims: a ratio of at least {FASTER:g}; at most {NEAR:g} times the bare arithmetic.",
    ]
    machine.write("grading", "\n".join(lines))


def row(name: str, seconds: dict[str, float], workers: int) -> str:
    """One line of the table."""
    return (
        f"| {name} | {seconds['assay']:.0f} | {seconds['plain']:.0f} | {seconds['plain'] / seconds['assay']:.1f} | "
        f"{seconds['bare']:.0f} | {seconds['assay'] * workers / seconds['bare']:.2f} |"
    )


def assay_seconds(course: Course, assignment: str, workers: int) -> float:
    """Of ``assay grade``, its start and its feedback included."""
    return seconds_of(
        [
            sys.executable,
            "-m",
            "assay.cli",
            "grade",
            assignment,
            "--workers",
            str(workers),
            "--course",
            str(course.root),
        ]
    )


def plain_seconds(course: Course, assignment: str) -> float:
    """Of nbgrader's own ``autograde`` and ``generate_feedback``, without assay's configuration."""
    (course.root / CONFIG_NAME).write_text(
        f"c = get_config()\nc.Execute.timeout = {CELL_SECONDS}\nc.ClearMarkScheme.enforce_metadata = False\n"
    )
    (course.root / "gradebook.db").unlink(missing_ok=True)
    for name in ("autograded", "feedback"):
        shutil.rmtree(course.root / name, ignore_errors=True)
    nbgrader = [sys.executable, "-m", "nbgrader"]
    seconds_of([*nbgrader, "generate_assignment", assignment, "--force"], cwd=course.root)
    return sum(
        seconds_of([*nbgrader, command, assignment], cwd=course.root, status=None)
        for command in ("autograde", "generate_feedback")
    )


def bare_seconds(course: Course, assignment: str) -> float:
    """CPU seconds of the same cells in forks of this process; see the head of this file."""
    master = read_master(course, assignment)
    tests = {cell.metadata.nbgrader.grade_id: cell.source for cell in master.cells if is_test(cell)}
    modules = imported_modules([cell.source for cell in master.cells if cell.cell_type == "code"])
    parent = os.fork()
    if parent == 0:
        # Imported in a process of its own, so that this one stays small.
        os.environ.update(
            {
                "NBGRADER_EXECUTION": "autograde",
                "MPLBACKEND": "agg",
                "TF_CPP_MIN_LOG_LEVEL": "3",
                "TF_NUM_INTRAOP_THREADS": "1",
                "TF_NUM_INTEROP_THREADS": "1",
            }
        )
        silence = os.open(os.devnull, os.O_RDWR)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        for module in modules:
            with contextlib.suppress(ImportError):
                __import__(module)
        before = _children_seconds()
        for path in sorted((course.root / "submitted").glob(f"*/{assignment}/{assignment}.ipynb")):
            child = os.fork()
            if child == 0:
                _straight_through(path, tests)
                os._exit(0)
            os.waitpid(child, 0)
        (course.root / "bare").write_text(str(_children_seconds() - before))
        os._exit(0)
    os.waitpid(parent, 0)
    return float((course.root / "bare").read_text())


def _straight_through(path: Path, tests: dict[str, str]) -> None:
    os.chdir(path.parent)
    signal.signal(signal.SIGALRM, _too_long)
    names = {"__name__": "__main__", "display": lambda *shown: None}
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type != "code":
            continue
        source = tests.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
        signal.alarm(CELL_SECONDS)
        # What an answer raises is no matter here: its time counts.
        with contextlib.suppress(BaseException):
            exec(compile(source, "cell", "exec"), names)
    signal.alarm(0)


def _too_long(*_: object) -> None:
    raise TimeoutError


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()

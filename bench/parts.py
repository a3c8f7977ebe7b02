"""Takes the cost of grading one submission apart: start of the kernels, sandbox, wire, the cells, gradebook, feedback.

Every part is measured several times in one run, in turn with the others, on a right submission of ``gradient_descent``; medians count.

Usage: python bench/parts.py [--runs 5]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import machine
import nbformat
from classes import ROOT, make_class
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from assay import grade_notebook
from assay.course import Course
from assay.desk import Desk
from assay.jobs import run_submission
from assay.kernels.warm import close_warm_processes

ASSIGNMENT = "gradient_descent"
CALLS = 500
ARRAYS = 100


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    took: dict[str, list[float]] = {}

    def measure(name: str, action: Callable[[], object]) -> object:
        started = perf_counter()
        result = action()
        took.setdefault(name, []).append(perf_counter() - started)
        return result

    for number in range(options.runs + 1):
        if number == 1:
            # The first round imports and compiles.
            took.clear()
        _kernels(measure)
        _submission(measure)
    close_warm_processes()
    medians = {name: statistics.median(seconds) for name, seconds in took.items()}
    start = medians["two kernels, forked, in bubblewrap"]
    medians[f"a call of a student's function, of {CALLS}"] = (medians.pop("calls") - start) / CALLS
    medians[f"a call with 10,000 numbers each way, of {ARRAYS}"] = (medians.pop("arrays") - start) / ARRAYS
    lines = [f"# What one submission costs, medians of {options.runs}", "", "| part | ms |", "|---|---|"]
    lines += [f"| {name} | {1000 * seconds:.2f} |" for name, seconds in medians.items()]
    machine.write("parts", "\n".join(lines))


def _kernels(measure: Callable[[str, Callable[[], object]], object]) -> None:
    """Kernels that do next to nothing, and the wire between them."""
    # All import the same: for others a warm process is started anew.
    nothing = _course("import numpy\nassert answer(1) == 1")
    calls = _course(f"import numpy\nfor number in range({CALLS}):\n    assert answer(number) == number")
    arrays = _course(
        f"import numpy\nx = numpy.arange(10_000.0)\nfor number in range({ARRAYS}):\n    assert len(answer(x)) == 10_000"
    )
    ways: dict[str, tuple[NotebookNode, str, tuple[str, ...] | None]] = {
        "two kernels, started for it, no sandbox": (nothing, "none", None),
        "two kernels, started for it, in bubblewrap": (nothing, "bubblewrap", None),
        "two kernels, forked, in bubblewrap": (nothing, "bubblewrap", ()),
        "calls": (calls, "bubblewrap", ()),
        "arrays": (arrays, "bubblewrap", ()),
    }
    # The submission of the round before was run in forks of another process: starting this one is no part of a fork.
    grade_notebook(nothing, nothing, isolation="bubblewrap", warm=())
    for name, (notebook, isolation, warm) in ways.items():
        verdicts = measure(
            name,
            lambda: grade_notebook(notebook, notebook, isolation=isolation, warm=warm),  # noqa: B023
        )
        if verdicts.points != verdicts.max_points:
            raise SystemExit(f"{name}: {verdicts.verdicts[0].message}")


def _submission(measure: Callable[[str, Callable[[], object]], object]) -> None:
    """The way of a whole submission through the grader."""
    with tempfile.TemporaryDirectory(prefix="class-") as place:
        course = make_class(Path(place), Course.at(ROOT), ASSIGNMENT, 1, right=True)
        (student,) = (path.name for path in (course.root / "submitted").iterdir())
        desk = Desk(course, ASSIGNMENT)
        with desk.at_work():
            measure("the master into a new gradebook (once for a class)", desk.record_master)
            digest = desk.digest(student)
            order = measure("reading and rebuilding", lambda: desk.order(student))
            outcome = measure("its cells and tests", lambda: run_submission(desk.course_side(), order.files))
            failure = measure("recording", lambda: desk.record(order, outcome, digest))
            if failure:
                raise SystemExit(failure)
            measure("reading the marks", lambda: desk.result(student, graded=True, feedback=False))
            measure(
                "reading the marks and writing feedback",
                lambda: desk.result(student, graded=True, feedback=True),
            )


def _course(test: str) -> NotebookNode:
    """A notebook with an answer that gives back what it gets, and one test of it."""
    notebook = new_notebook()
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for name, source, graded in (("answer", "def answer(x):\n    return x", False), ("test", test, True)):
        cell = new_code_cell(source, id=name)
        role = {
            "grade": graded,
            "grade_id": name,
            "locked": graded,
            "schema_version": 3,
            "solution": not graded,
            "task": False,
        }
        cell.metadata["nbgrader"] = {**role, "points": 1} if graded else role
        notebook.cells.append(cell)
    return nbformat.from_dict(notebook)


if __name__ == "__main__":
    main()

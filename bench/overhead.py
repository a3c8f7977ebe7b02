"""Measures what two sandboxed kernels cost against plain nbgrader, which runs one kernel without a sandbox.

Each submission is executed both ways, one after the other and in turn, so that both meet the same machine. Prints the
median of the differences; times alone say little on a shared machine.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path
from time import perf_counter

import machine
import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import Execute

from assay.cells import grade_id, role
from assay.course import Course
from assay.kernels import choose
from assay.notebook import Rebuilt, rebuild, submitted_notebook
from assay.two_kernels import RunLimits, run_in_two_kernels
from assay.variants import read_master, solve

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=9, help="runs of each kind of submission (default 9)")
    options = parser.parse_args()
    course = Course.at(ROOT)
    master = read_master(course, "gradient_descent")
    release = nbformat.read(course.release("gradient_descent") / "gradient_descent.ipynb", as_version=4)
    whole = solve(release, master)
    lean = solve(release, master)
    # Without experiments and pictures what is left is the kernels and the tests.
    lean.cells = [cell for cell in lean.cells if grade_id(cell)]
    lines = [
        f"# Two kernels beside plain nbgrader's one, {options.runs} runs of each in turn",
        "",
        f"Two kernels: {choose().sentence}.",
        "",
        "| submission | plain nbgrader, s | two sandboxed kernels, s | median difference, s | median ratio |",
        "|---|---|---|---|---|",
    ]
    for name, notebook in (("gradient_descent, its graded cells", lean), ("gradient_descent, whole", whole)):
        lines.append(_row(name, notebook, master, options.runs))
    machine.write("overhead", "\n".join(lines))


def _row(name: str, notebook: NotebookNode, master: NotebookNode, runs: int) -> str:
    plain, double = [], []
    for run in range(-1, runs):
        # The first pair fills caches, in both ways alike, and does not count.
        one, other = _plain(notebook, master), _double(notebook, master)
        if run >= 0:
            plain.append(one)
            double.append(other)
    differences = [other - one for one, other in zip(plain, double, strict=True)]
    ratios = [other / one for one, other in zip(plain, double, strict=True)]
    return (
        f"| {name} | {statistics.median(plain):.2f} | {statistics.median(double):.2f} | "
        f"{statistics.median(differences):.2f} | {statistics.median(ratios):.2f} |"
    )


def _rebuilt(notebook: NotebookNode, master: NotebookNode) -> Rebuilt:
    return rebuild(submitted_notebook(notebook), master)


def _plain(notebook: NotebookNode, master: NotebookNode) -> float:
    """Seconds that nbgrader's own preprocessor takes on the notebook with the master's tests put back."""
    copy = _rebuilt(notebook, master).notebook
    sources = {grade_id(cell): cell.source for cell in master.cells if grade_id(cell)}
    for cell in copy.cells:
        if role(cell).get("grade") and cell.cell_type == "code":
            cell.source = sources[grade_id(cell)]
    with tempfile.TemporaryDirectory() as folder:
        started = perf_counter()
        Execute(kernel_name="python3", timeout=60).preprocess(copy, {"metadata": {"path": folder}})
        return perf_counter() - started


def _double(notebook: NotebookNode, master: NotebookNode) -> float:
    started = perf_counter()
    run = run_in_two_kernels(_rebuilt(notebook, master).notebook, master, limits=RunLimits())
    seconds = perf_counter() - started
    lost = [verdict.grade_id for verdict in run.verdicts if verdict.points != verdict.max_points]
    if lost:
        raise SystemExit(f"The right answers lost points in {', '.join(lost)}: there is nothing to measure.")
    return seconds


if __name__ == "__main__":
    main()

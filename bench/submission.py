"""Measures the CPU seconds of grading one submission of each assignment: all processes of both kernels and of the grader.

Usage: python bench/submission.py [--runs 3] [ASSIGNMENT ...]
"""

from __future__ import annotations

import argparse
import statistics
import threading
import time
from pathlib import Path

import machine
import nbformat
import psutil

from assay import grade_notebook
from assay.course import Course
from assay.kernels.warm import close_warm_processes
from assay.two_kernels import RunLimits
from assay.variants import read_master, solve

ROOT = Path(__file__).resolve().parents[1]
#: The aim for one submission, TensorFlow's import included.
MOST_CPU_SECONDS = 60.0
LIMITS = RunLimits(cell_seconds=300)


class Meter:
    """Adds up the CPU time of this process and of all that descend from it, those that end meanwhile included."""

    def __init__(self, interval: float = 0.1) -> None:
        """Look at all processes each ``interval`` seconds; what one does after the last look before its end is missed."""
        self._interval = interval
        self._seen: dict[tuple[int, float], tuple[float, float]] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Meter:
        """Start."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop after one more look."""
        self._over.set()
        self._thread.join()

    @property
    def seconds(self) -> float:
        """CPU seconds since the start."""
        return sum(last - first for first, last in self._seen.values())

    def _watch(self) -> None:
        own = psutil.Process()
        beginning = True
        while True:
            last_look = self._over.is_set()
            for process in (own, *own.children(recursive=True)):
                try:
                    times = process.cpu_times()
                    key, used = (process.pid, process.create_time()), times.user + times.system
                except psutil.Error:
                    continue
                first = self._seen[key][0] if key in self._seen else (used if beginning else 0.0)
                self._seen[key] = first, used
            beginning = False
            if last_look:
                return
            self._over.wait(self._interval)


def main() -> None:
    """Measure and print."""
    course = Course.at(ROOT)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("assignments", nargs="*", help="all when none is named")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    lines = [
        f"# One right submission, median of {options.runs}, its range in brackets",
        "",
        f"| assignment | kernels | CPU seconds | on the clock, s | at most {MOST_CPU_SECONDS:g} CPU seconds |",
        "|---|---|---|---|---|",
    ]
    for assignment in course.chosen(options.assignments):
        release = nbformat.read(course.release(assignment) / f"{assignment}.ipynb", as_version=4)
        notebook = solve(release, read_master(course, assignment))
        # What a fork costs is measured once its process is warm, as for all submissions of a class but the first.
        grade_notebook(course.master(assignment), notebook, limits=LIMITS, warm=())
        ways: dict[str, tuple[str, ...] | None] = {
            "kernels started for it": None,
            "forks of warm processes": (),
        }
        used: dict[str, list[float]] = {way: [] for way in ways}
        took: dict[str, list[float]] = {way: [] for way in ways}
        for _ in range(options.runs):
            for way, warm in ways.items():
                started = time.perf_counter()
                with Meter() as meter:
                    verdicts = grade_notebook(course.master(assignment), notebook, limits=LIMITS, warm=warm)
                assert verdicts.points == verdicts.max_points, [
                    one for one in verdicts.verdicts if one.message
                ]
                used[way].append(meter.seconds)
                took[way].append(time.perf_counter() - started)
        close_warm_processes()
        for way, seconds in used.items():
            median = statistics.median(seconds)
            lines.append(
                f"| {assignment} | {way} | {median:.1f} ({min(seconds):.1f} to {max(seconds):.1f}) | "
                f"{statistics.median(took[way]):.1f} | {'met' if median <= MOST_CPU_SECONDS else 'missed'} |"
            )
    machine.write("submission", "\n".join(lines))


if __name__ == "__main__":
    main()

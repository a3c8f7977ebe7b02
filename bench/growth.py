"""Measures whether a larger class costs more for each submission, and whether the process that grades it grows.

Classes of 30, 100 and 300 submissions of ``gradient_descent``, made from the variants, are graded by ``assay grade``. Small and large
ones alternate in their order from round to round, so that a machine that slows down does not pass for growth.

Usage: python bench/growth.py [--sizes 30 100 300] [--rounds 1] [--assignment gradient_descent]
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter, sleep

import machine
import psutil
from classes import ROOT, make_class

from assay.cluster import default_workers
from assay.course import Course

#: How much more a submission of the largest class may cost than one of the smallest.
GROWTH = 0.10
LOOK_SECONDS = 0.5


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sizes", type=int, nargs="+", default=[30, 100, 300])
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--assignment", default="gradient_descent")
    options = parser.parse_args()
    course = Course.at(ROOT)
    workers = default_workers()
    took: dict[int, list[float]] = {size: [] for size in options.sizes}
    memory: dict[int, list[tuple[float, float]]] = {size: [] for size in options.sizes}
    for number in range(options.rounds):
        for size in sorted(options.sizes, reverse=bool(number % 2)):
            with tempfile.TemporaryDirectory(prefix="class-") as place:
                own = make_class(Path(place), course, options.assignment, size)
                seconds, sizes = graded(own, options.assignment, workers)
            took[size].append(seconds)
            memory[size].append((statistics.median(sizes[len(sizes) // 4 : len(sizes) // 2]), max(sizes)))
    lines = [
        f"# Classes of {options.assignment}, {workers} workers, median of {options.rounds}",
        "",
        "| submissions | seconds | a submission, s | over the smallest class | memory of the grading process in the second quarter, MB | at most, MB |",
        "|---|---|---|---|---|---|",
    ]
    each = {size: statistics.median(seconds) / size for size, seconds in took.items()}
    for size in options.sizes:
        usual, most = (statistics.median(values) for values in zip(*memory[size], strict=True))
        lines.append(
            f"| {size} | {statistics.median(took[size]):.0f} | {each[size]:.2f} | {each[size] / each[min(each)] - 1:+.0%} | "
            f"{usual:.0f} | {most:.0f} |"
        )
    growth = each[max(each)] / each[min(each)] - 1
    lines += [
        "",
        f"A submission of the largest class costs {growth:+.0%} of one of the smallest, the start of the workers included; the aim is at "
        f"most {GROWTH:.0%}: {'met' if growth <= GROWTH else 'missed'}.",
    ]
    machine.write("growth", "\n".join(lines))


def graded(course: Course, assignment: str, workers: int) -> tuple[float, list[float]]:
    """Seconds of ``assay grade``, and its own memory in MB as time goes by, without its workers and kernels."""
    command = [sys.executable, "-m", "assay.cli", "grade", assignment, "--workers", str(workers)]
    started = perf_counter()
    with subprocess.Popen(
        [*command, "--course", str(course.root)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as run:
        process = psutil.Process(run.pid)
        sizes = []
        while run.poll() is None:
            try:
                sizes.append(process.memory_info().rss / 2**20)
            except psutil.Error:
                break
            sleep(LOOK_SECONDS)
        said = run.stderr.read().decode(errors="replace") if run.stderr else ""
    if run.returncode:
        raise SystemExit(f"assay grade ended with {run.returncode}: {said[-1000:]}")
    return perf_counter() - started, sizes


if __name__ == "__main__":
    main()

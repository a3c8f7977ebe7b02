"""Measures how much faster a class is graded by 1, 2 and 4 workers on hosts of their own, simulated as namespaces of the network.

The hosts share this machine's cores: up to their number, twice the workers should take half the time; beyond it, more workers
can bring nothing. Efficiency is the time of one worker over the time of so many, for each of the workers that a core is there for.

Usage: python bench/scaleout.py [--submissions 12] [--workers 1 2 4] [--assignment newspaper_cnn]     (as root: it makes namespaces)
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import machine
from classes import ROOT, make_class

from assay.course import Course

sys.path.insert(0, str(ROOT / "tests" / "cluster"))

from hosts import Hosts, why_not

EFFICIENT = 0.9


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--submissions", type=int, default=12)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--assignment", default="newspaper_cnn")
    options = parser.parse_args()
    reason = why_not()
    if reason:
        raise SystemExit(f"Hosts cannot be simulated: {reason}.")
    cores = len(os.sched_getaffinity(0))
    took = {workers: seconds(options, workers) for workers in options.workers}
    first = took[min(took)] * min(took)
    lines = [
        f"# {options.submissions} submissions of {options.assignment}, workers on simulated hosts, {cores} cores in all",
        "",
        "| workers | seconds | faster than one | efficiency up to the cores |",
        "|---|---|---|---|",
    ]
    efficiency = {workers: first / (time * min(workers, cores)) for workers, time in took.items()}
    lines += [
        f"| {workers} | {time:.0f} | {first / time:.2f} | {efficiency[workers]:.2f} |"
        for workers, time in took.items()
    ]
    judged = {workers: value for workers, value in efficiency.items() if workers <= cores}
    lines += [
        "",
        f"The aim is an efficiency of at least {EFFICIENT:g} until the cores are used up: "
        f"{'met' if min(judged.values()) >= EFFICIENT else 'missed'}. The machine that records the marks and the scheduler run on the same cores.",
    ]
    machine.write("scaleout", "\n".join(lines))


def seconds(options: argparse.Namespace, workers: int) -> float:
    """Of ``assay grade`` on a host of its own, with so many others; the workers have started before."""
    with tempfile.TemporaryDirectory(prefix="hosts-") as place:
        course = make_class(
            Path(place, "course"), Course.at(ROOT), options.assignment, options.submissions, right=True
        )
        with Hosts(Path(place), workers + 2) as hosts:
            hosts.start_scheduler()
            for host in range(1, workers + 1):
                hosts.start_worker(host)
            words = [
                "grade",
                options.assignment,
                "--course",
                str(course.root),
                "--scheduler",
                hosts.scheduler,
            ]
            command = hosts.command(hosts.number - 1, sys.executable, "-m", "assay.cli", *words)
            started = perf_counter()
            run = subprocess.run(command, capture_output=True, text=True, check=False, env=hosts.environment)
            if run.returncode:
                raise SystemExit(f"assay grade ended with {run.returncode}: {run.stderr[-1000:]}")
            return perf_counter() - started


if __name__ == "__main__":
    main()

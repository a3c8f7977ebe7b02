"""Classes to grade in benchmarks, made from the variants, and how long a command takes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from time import perf_counter

import nbformat

from assay.course import CONFIG_NAME, Course
from assay.variants import read_master, read_variants, solve

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from variant_classes import answers_of, hand_ins  # noqa: E402


def make_class(place: Path, course: Course, assignment: str, number: int, *, right: bool = False) -> Course:
    """A course folder with this many submissions, made from the variants in turn, or all alike and right."""
    place.mkdir(parents=True, exist_ok=True)
    for name in (f"source/{assignment}", f"release/{assignment}"):
        shutil.copytree(ROOT / name, place / name)
    shutil.copyfile(ROOT / CONFIG_NAME, place / CONFIG_NAME)
    master = read_master(course, assignment)
    release = nbformat.read(course.release(assignment) / f"{assignment}.ipynb", as_version=4)
    classes = [[]] if right else hand_ins(read_variants(course, assignment))
    for student in range(number):
        folder = place / "submitted" / f"student{student:03}" / assignment
        shutil.copytree(course.release(assignment), folder)
        nbformat.write(
            solve(release, master, answers_of(classes[student % len(classes)])),
            folder / f"{assignment}.ipynb",
        )
    return Course.at(place)


def seconds_of(command: list[str], cwd: Path = ROOT, status: int | None = 0) -> float:
    """How long a command takes."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    started = perf_counter()
    ran = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, env=environment)
    if status is not None and ran.returncode != status:
        raise SystemExit(f"{' '.join(command)} ended with {ran.returncode}: {ran.stderr[-1000:]}")
    return perf_counter() - started

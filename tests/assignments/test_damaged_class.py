"""A class in which some hand in damaged notebooks: all are graded in one run, and damage that can be repaired costs nothing.

`make test-all` grades 200 submissions, a tenth of them damaged; `make test` a small class with the same shares of ways.
"""

from __future__ import annotations

import json
import random

import nbformat
import pytest
from course_copies import ROOT, copy_course
from intake.damage import DAMAGES, damaged
from variant_classes import ALL

from assay.cells import grade_id
from assay.course import Course
from assay.engine import Result, grade
from assay.variants import read_master, read_variants, solve

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("damaged-class")]

NUM_SUBMISSIONS, NUM_DAMAGED, NUM_HOPELESS = (200, 20, 1) if ALL else (12, 8, 1)
ASSIGNMENT = "gradient_descent"
COURSE = Course.at(ROOT)


def answers(number: int) -> dict[str, str]:
    """The answers of a student: the course's own, with one right or wrong variant in it."""
    variants = read_variants(COURSE, ASSIGNMENT)
    return dict(variants[(number * 37) % len(variants)].cells)


@pytest.fixture(scope="module")
def damage_of() -> dict[str, str]:
    """The way in which each damaged student's notebook came, by student."""
    rng = random.Random(20)
    recoverable = sorted(name for name, damage in DAMAGES.items() if damage.recoverable)
    hopeless = sorted(name for name, damage in DAMAGES.items() if not damage.recoverable)
    ways = rng.sample(recoverable, NUM_DAMAGED - NUM_HOPELESS) + rng.sample(hopeless, NUM_HOPELESS)
    return {f"damaged{number:03d}": way for number, way in enumerate(ways)}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory, damage_of: dict[str, str]) -> dict[str, Result]:
    folder = tmp_path_factory.mktemp("class")
    course = copy_course(folder, f"source/{ASSIGNMENT}")
    master = read_master(COURSE, ASSIGNMENT)
    release = nbformat.read(COURSE.release(ASSIGNMENT) / f"{ASSIGNMENT}.ipynb", as_version=4)
    names = [f"student{number:03d}" for number in range(NUM_SUBMISSIONS - NUM_DAMAGED)] + list(damage_of)
    for student in names:
        # A damaged student's twin has the same number.
        notebook = solve(release, master, answers(int(student[-3:]) % (NUM_SUBMISSIONS - NUM_DAMAGED)))
        if not ALL:
            # The experiments earn no points, and take most of the time.
            notebook.cells = [cell for cell in notebook.cells if grade_id(cell)]
        content = json.loads(nbformat.writes(notebook))
        files = {f"{ASSIGNMENT}.ipynb": nbformat.writes(notebook).encode()}
        if student in damage_of:
            files = damaged(damage_of[student], content, random.Random(student), f"{ASSIGNMENT}.ipynb")
        submitted = folder / "submitted" / student / ASSIGNMENT
        submitted.mkdir(parents=True)
        for name, data in files.items():
            path = submitted / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    return {result.student: result for result in grade(course, ASSIGNMENT, feedback=False)}


def twin(results: dict[str, Result], student: str) -> Result:
    """Who handed in the same, undamaged."""
    number = int(student[-3:]) % (NUM_SUBMISSIONS - NUM_DAMAGED)
    return results[f"student{number:03d}"]


def machine_points(result: Result) -> dict[str, float | None]:
    assert result.marks is not None, result.failure
    return {one.grade_id: one.points for one in result.marks.verdicts if not one.by_person}


def is_like_its_twin(results: dict[str, Result], student: str) -> bool:
    marks = results[student].marks
    return marks is not None and machine_points(results[student]) == machine_points(twin(results, student))


def test_every_submission_is_in_the_results(results: dict[str, Result]):
    assert len(results) == NUM_SUBMISSIONS
    assert all(result.marks is not None or result.failure for result in results.values())


def test_every_undamaged_submission_is_graded(results: dict[str, Result]):
    failures = {
        student: result.failure for student, result in results.items() if student.startswith("student")
    }
    assert set(failures.values()) == {""}


def test_damage_that_can_be_repaired_costs_nothing(results: dict[str, Result], damage_of: dict[str, str]):
    differing = {
        f"{student}: {way}": results[student].failure or results[student].notes
        for student, way in damage_of.items()
        if DAMAGES[way].recoverable and not is_like_its_twin(results, student)
    }
    assert differing == {}


def test_damage_that_cannot_be_repaired_is_said(results: dict[str, Result], damage_of: dict[str, str]):
    for student, way in damage_of.items():
        if not DAMAGES[way].recoverable:
            assert results[student].failure.startswith("unreadable: "), way


def test_most_damaged_submissions_earn_what_their_twins_earn(
    results: dict[str, Result], damage_of: dict[str, str]
):
    alike = sum(is_like_its_twin(results, student) for student in damage_of)
    share = alike / len(damage_of)
    assert share >= 0.95 if ALL else alike == NUM_DAMAGED - NUM_HOPELESS

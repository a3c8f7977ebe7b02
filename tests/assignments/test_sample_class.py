"""The sample class in submitted/: what it is made of, and the marks that `make grade` gives it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from course_copies import ROOT, copy_course
from feedback_scan import leaks, secrets_of, text_of_submission
from variant_classes import ALL, QUICK

from assay.cells import grade_id, is_test, role
from assay.course import Course
from assay.engine import Result, grade
from assay.variants import read_master, read_variants, sample_class, variants_folder

COURSE = Course.at(ROOT)
ASSIGNMENTS = COURSE.assignments()
#: Of an assignment that trains, make test grades these: the solution, nothing, one that never ends, a deleted test cell, wrong in most
#: places. make test-all grades everybody.
FEWER = ["student01", "student02", "student05", "student06", "student08"]
#: Whom nbgrader's own command grades in make test: partly right, one that never ends, a deleted test cell.
BY_NBGRADER = ["student03", "student05", "student06"]


def expected_marks(assignment: str, student: str) -> dict[str, float]:
    """The points of the test cells that follow from the headers of a student's variants."""
    recipe = json.loads((variants_folder(COURSE, assignment) / "class.json").read_text())[student]
    fails = {variant.name: variant.fails for variant in read_variants(COURSE, assignment)}
    failed = set().union(*(fails[name] for name in recipe.get("variants", [])))
    return {
        grade_id(cell): 0.0 if recipe.get("untouched") or grade_id(cell) in failed else role(cell)["points"]
        for cell in read_master(COURSE, assignment).cells
        if is_test(cell)
    }


def machine_marks(result: Result) -> dict[str, float]:
    return {verdict.grade_id: verdict.points for verdict in result.marks.verdicts if not verdict.by_person}


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_submitted_is_what_the_variants_give(assignment: str):
    composed = sample_class(COURSE, assignment)
    handed_in = {path.parents[1].name for path in (ROOT / "submitted").glob(f"*/{assignment}/*.ipynb")}
    assert handed_in == set(composed)
    for student, notebook in composed.items():
        path = ROOT / "submitted" / student / assignment / f"{assignment}.ipynb"
        assert path.read_text(encoding="utf-8") == nbformat.writes(notebook) + "\n"


@pytest.fixture(
    scope="module",
    params=[pytest.param(name, marks=pytest.mark.xdist_group(f"sample-{name}")) for name in ASSIGNMENTS],
)
def graded(request, tmp_path_factory: pytest.TempPathFactory) -> tuple[Course, list[Result]]:
    course = copy_course(tmp_path_factory.mktemp("assay"), "source", "submitted")
    return course, grade(course, request.param, None if request.param in QUICK else FEWER)


def feedback(course: Course, result: Result) -> str:
    page = course.root / "feedback" / result.student / result.assignment / f"{result.assignment}.html"
    return page.read_text(encoding="utf-8")


def test_each_sample_student_gets_the_marks_that_follow_from_the_variants(graded):
    for result in graded[1]:
        assert result.failure == ""
        assert machine_marks(result) == expected_marks(result.assignment, result.student), result.student


def test_feedback_is_written_for_each_sample_student(graded):
    course, results = graded
    for result in results:
        page = feedback(course, result)
        marks = result.marks
        assert marks is not None
        points = sum(verdict.points or 0.0 for verdict in marks.verdicts)
        assert f"<strong>{points:g}</strong> of " in page
        assert page.count('<section aria-labelledby="box-') == len(marks.verdicts)


def test_feedback_of_the_sample_class_holds_nothing_of_hidden_tests_and_rubrics(graded):
    course, results = graded
    secrets = secrets_of(read_master(course, results[0].assignment))
    assert len(secrets.sequences) > 500
    for result in results:
        handed_in = nbformat.read(
            course.root / "submitted" / result.student / result.assignment / f"{result.assignment}.ipynb",
            as_version=4,
        )
        assert leaks(feedback(course, result), secrets, [text_of_submission(handed_in)]) == [], result.student


@pytest.mark.xdist_group("sample-nbgrader")
@pytest.mark.parametrize("assignment", QUICK)
def test_plain_nbgrader_gives_the_same_marks(assignment: str, tmp_path: Path):
    course = copy_course(
        tmp_path, "source", *(["submitted"] if ALL else [f"submitted/{name}" for name in BY_NBGRADER])
    )
    nbgrader = [sys.executable, "-m", "nbgrader"]
    for command in (["generate_assignment", assignment, "--force"], ["autograde", assignment]):
        subprocess.run([*nbgrader, *command], cwd=course.root, check=True, capture_output=True, timeout=1800)
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course.root}/gradebook.db") as gradebook:
        submissions = gradebook.assignment_submissions(assignment)
        assert len(submissions) >= len(BY_NBGRADER)
        for submission in submissions:
            got = {
                grade.name: grade.auto_score for notebook in submission.notebooks for grade in notebook.grades
            }
            expected = expected_marks(assignment, submission.student.id)
            assert {name: got[name] for name in expected} == expected, submission.student.id

"""assay under nbgrader's own example course: an honest submission earns what plain nbgrader gives it, but where that is wrong."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from quickstart import ASSIGNMENT, MORE, SUBMISSIONS, marks, nbgrader, new_course, run, submit
from variant_classes import ALL

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("quickstart")]

STUDENTS = {**SUBMISSIONS, **(MORE if ALL else {})}
STDERR = "plain nbgrader gives nothing for a test cell with text on stderr, though the answer is right"
NUMPY = "plain nbgrader gives all points for a number of NumPy's, whatever it is"
#: Student and cell, what plain nbgrader gives, what assay gives, and why the two differ.
DIFFERENCES: dict[tuple[str, str], tuple[float, float, str]] = {
    ("warned", "correct_squares"): (0, 1, STDERR),
    ("warned", "correct_sum_of_squares"): (0, 0.5, STDERR),
    ("warned", "part_of_the_points"): (0, 2, STDERR),
    ("warned", "whole_points"): (0, 2, STDERR),
    ("warned", "number_of_numpys"): (0, 2, STDERR),
    ("warned", "word"): (0, 2, STDERR),
    ("warned", "comparison"): (0, 2, STDERR),
    ("warned", "hidden"): (0, 2, STDERR),
    ("partly", "number_of_numpys"): (2, 1, NUMPY),
}


@dataclass(frozen=True)
class Both:
    plain: dict[str, dict[str, float]]
    assay: dict[str, dict[str, float]]
    said: str
    config: tuple[bytes, bytes]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Both:
    course = new_course(tmp_path_factory.mktemp("plain"))
    for student, answers in STUDENTS.items():
        submit(course, student, answers)
    other = tmp_path_factory.mktemp("assay") / "course101"
    shutil.copytree(course, other)
    nbgrader(course, "autograde", ASSIGNMENT)
    before = (other / "nbgrader_config.py").read_bytes()
    assay(other, "init")
    # From elsewhere: the configuration names the header of released notebooks by a path in the course.
    said = assay(other.parent, "grade", "--course", other.name, ASSIGNMENT)
    return Both(
        {student: marks(course, student) for student in STUDENTS},
        {student: marks(other, student) for student in STUDENTS},
        said,
        (before, (other / "nbgrader_config.py").read_bytes()),
    )


def assay(course: Path, *words: str) -> str:
    return run(course, "assay.cli", *words)


def test_every_submission_has_the_same_cells_in_both(both: Both):
    assert {student: set(cells) for student, cells in both.assay.items()} == {
        student: set(cells) for student, cells in both.plain.items()
    }
    assert len(both.plain["right"]) >= 10


def test_marks_differ_only_where_plain_nbgrader_is_wrong(both: Both):
    differing = {
        (student, cell): (plain, both.assay[student][cell])
        for student, cells in both.plain.items()
        for cell, plain in cells.items()
        if plain != both.assay[student][cell]
    }
    assert differing == {place: (plain, ours) for place, (plain, ours, _) in DIFFERENCES.items()}


def test_the_submissions_earn_what_they_deserve(both: Both):
    """What is compared above would say little if all were alike."""
    machine = {student: sum(cells.values()) for student, cells in both.assay.items()}
    assert machine["right"] == 3 + 12
    assert machine["warned"] == machine["right"]
    assert both.assay["partly"]["part_of_the_points"] == 1
    assert both.assay["partly"]["whole_points"] == 1
    assert both.assay["partly"]["squares_invalid_input"] == 0
    assert both.assay["partly"]["sum_of_squares_uses_squares"] == 0
    # A comparison fails nobody, here as there; assay init says so.
    assert machine["untouched"] == 0


def test_the_class_is_printed_with_its_marks(both: Both):
    rows = {line.split("│")[1].strip(): line for line in both.said.splitlines() if line.startswith("│")}
    assert set(rows) == set(STUDENTS)
    assert "15 / 15" in rows["right"]
    assert "0 / 15" in rows["untouched"]


def test_init_has_added_a_block_and_changed_no_line(both: Both):
    before, after = both.config
    assert after.startswith(before)
    assert after != before

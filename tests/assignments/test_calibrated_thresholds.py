"""Every threshold of the notebooks is the one that was calibrated, and stands far from right and from wrong answers."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from course_copies import ROOT

from assay.calibration import (
    RIGHT_RUNS,
    SOLUTION,
    WRONG_RUNS,
    problems,
    read_calibration,
    stored_path,
    threshold_cells,
)
from assay.calibration_runs import read_degenerate
from assay.course import Course
from assay.variants import read_master

COURSE = Course.at(ROOT)
CALIBRATED = [
    assignment for assignment in COURSE.assignments() if threshold_cells(read_master(COURSE, assignment))
]
#: In a process of its own: TensorFlow does not survive a fork of a process in which another test has used it.
THRESHOLDS_NOW = """
import sys
from assay.calibration import differences, read_calibration, thresholds_now
from assay.course import Course

course, assignment = Course.at(sys.argv[1]), sys.argv[2]
print("\\n".join(differences(read_calibration(course, assignment).thresholds, thresholds_now(course, assignment))))
"""


def test_mnist_mlp_is_among_the_calibrated_notebooks():
    assert "mnist_mlp" in CALIBRATED


def test_no_stored_file_is_left_over():
    folder = stored_path(COURSE, "any").parent
    assert {path.stem for path in folder.glob("*.json")} == set(CALIBRATED)


@pytest.mark.slow
@pytest.mark.parametrize("assignment", CALIBRATED)
def test_the_thresholds_of_the_notebook_are_those_that_were_calibrated(assignment: str):
    run = subprocess.run(
        [sys.executable, "-c", THRESHOLDS_NOW, str(ROOT), assignment],
        capture_output=True,
        text=True,
        env=dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3"),
        timeout=300,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    assert run.stdout.strip() == "", "run make calibrate"


@pytest.mark.parametrize("assignment", CALIBRATED)
def test_every_threshold_keeps_its_bounds(assignment: str):
    assert problems(read_calibration(COURSE, assignment)) == []


@pytest.mark.parametrize("assignment", CALIBRATED)
def test_the_solution_was_run_under_at_least_100_seeds(assignment: str):
    assert RIGHT_RUNS >= 100
    for threshold in read_calibration(COURSE, assignment).thresholds:
        assert len(threshold.values[SOLUTION]) >= RIGHT_RUNS, threshold.name


@pytest.mark.parametrize("assignment", CALIBRATED)
def test_every_degenerate_answer_was_run_under_at_least_30_seeds(assignment: str):
    assert WRONG_RUNS >= 30
    for threshold in read_calibration(COURSE, assignment).thresholds:
        for name, values in threshold.values.items():
            assert not name.startswith("degenerate_") or len(values) >= WRONG_RUNS, (threshold.name, name)


@pytest.mark.parametrize("assignment", CALIBRATED)
def test_the_degenerate_answers_are_those_that_were_run(assignment: str):
    calibration = read_calibration(COURSE, assignment)
    now = {
        each.name: each.caught_by
        for each in read_degenerate(COURSE, assignment, read_master(COURSE, assignment))
    }
    stored = {
        name: each.caught_by
        for name, each in calibration.experiments.items()
        if name.startswith("degenerate_")
    }
    assert stored == now


@pytest.mark.parametrize("assignment", CALIBRATED)
def test_every_degenerate_answer_is_caught_by_a_threshold_or_by_another_claim(assignment: str):
    calibration = read_calibration(COURSE, assignment)
    free = [
        name
        for name, each in calibration.experiments.items()
        if name.startswith("degenerate_") and not each.caught_by and not each.fails
    ]
    assert free == []

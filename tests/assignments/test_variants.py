"""Every right variant earns all points and every wrong one loses exactly the cells that its header names.

All of them are handed in and graded in real kernels in the sandbox; a student hands in several variants at once, of different cells, so that a few dozen
kernels are enough. `make test` grades notebooks that are cut down to the test cells that these answers can reach; whole ones go through nbgrader in the sample class, and
all of these in `make test-all`. Each variant is also run by itself without Jupyter, those of assignments that train networks by `make test-all` only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import nbformat
import pytest
from course_copies import copy_course
from feedback_scan import Secrets, leaks, secrets_of, text_of_submission
from nbformat import NotebookNode
from variant_classes import ALL, COURSE, QUICK, TRAINING, answers_of, hand_ins

from assay import grade_notebook
from assay.calibration_runs import Job, Run, read_right, run_jobs, touched_cells
from assay.cells import grade_id, is_test, role
from assay.checks.margins import meets
from assay.claim_runs import Claim
from assay.engine import grade
from assay.execute import ExecuteInTwoKernels
from assay.feedback import FeedbackExporter, show_verdicts
from assay.names import reached_tests
from assay.variants import Variant, catches, failures, read_master, read_variants, solve
from assay.verdict import Verdicts

# Kernels are what takes time here: each shard is graded by a process of its own.
NUM_SHARDS = 2
ASSIGNMENTS = COURSE.assignments()
#: How many right and wrong variants an assignment has at least.
SMALLEST_NUMBERS = {"gradient_descent": (15, 30), "mnist_mlp": (40, 60), "newspaper_cnn": (25, 40)}


def cases() -> list:
    return [
        pytest.param(
            assignment,
            number,
            marks=pytest.mark.xdist_group(f"variants-{number % NUM_SHARDS}") if ALL else (),
        )
        for assignment in ASSIGNMENTS
        for number in range(len(hand_ins(read_variants(COURSE, assignment))))
    ]


def points_of(master: NotebookNode, variants: list[Variant]) -> dict[str, float]:
    """The points of every test cell when these variants are handed in together."""
    fails = set().union(*(variant.fails for variant in variants))
    cells = [cell for cell in master.cells if is_test(cell)]
    assert fails <= {grade_id(cell) for cell in cells}
    return {grade_id(cell): 0.0 if grade_id(cell) in fails else role(cell)["points"] for cell in cells}


def cut_down(master: NotebookNode, answers: Mapping[str, str]) -> NotebookNode:
    """The master without test cells that these answers cannot reach, and without what is not graded."""
    reached = reached_tests(master, answers)
    small = nbformat.from_dict(master)
    small.cells = [
        cell for cell in small.cells if grade_id(cell) and (not is_test(cell) or grade_id(cell) in reached)
    ]
    return small


@dataclass(frozen=True)
class Graded:
    """What came of a submission: its points by test cell, and the page that its student gets back."""

    points: dict[str, float | None]
    page: str
    handed_in: NotebookNode


def grade_cut_down(assignment: str, small: NotebookNode, answers: Mapping[str, str]) -> Graded:
    """What comes of a submission of the notebook that was cut down."""
    given = COURSE.release(assignment)
    submitted = nbformat.read(given / f"{assignment}.ipynb", as_version=4)
    names = {grade_id(cell) for cell in small.cells}
    submitted.cells = [cell for cell in submitted.cells if grade_id(cell) in names]
    handed_in = solve(submitted, small, answers)
    verdicts = grade_notebook(
        small,
        handed_in,
        files=given,
        course_files=given,
        limits=ExecuteInTwoKernels(config=COURSE.config()).limits(assignment),
        warm=(),
    )
    points = {verdict.grade_id: verdict.points for verdict in verdicts.verdicts}
    return Graded(points, feedback_page(assignment, small, verdicts), handed_in)


def feedback_page(assignment: str, master: NotebookNode, verdicts: Verdicts) -> str:
    """The page of feedback of a notebook that was graded without a gradebook."""
    notebook = verdicts.notebook
    notebook.metadata["assay"] = {
        "verdicts": [verdict.as_json() for verdict in verdicts.verdicts],
        "incidents": verdicts.incidents,
    }
    page = show_verdicts(notebook, verdicts.verdicts, "student", assignment, master=master)
    numbers = {"notebook": assignment, "score": verdicts.points, "max_score": verdicts.max_points}
    return FeedbackExporter().from_notebook_node(notebook, {"assay_page": page, "nbgrader": numbers})[0]


@cache
def secrets(assignment: str) -> Secrets:
    return secrets_of(read_master(COURSE, assignment))


@cache
def grade_shard(assignment: str, shard: int) -> dict[str, Graded]:
    folder = Path(mkdtemp(prefix="variants-"))
    course = copy_course(folder, f"source/{assignment}")
    master = read_master(COURSE, assignment)
    release = nbformat.read(COURSE.release(assignment) / f"{assignment}.ipynb", as_version=4)
    for number, variants in enumerate(hand_ins(read_variants(COURSE, assignment))):
        if number % NUM_SHARDS == shard:
            submitted = folder / "submitted" / f"student{number}" / assignment
            submitted.mkdir(parents=True)
            notebook = solve(release, master, answers_of(variants))
            # The experiments earn no points, and take most of the time; the sample class runs them.
            notebook.cells = [cell for cell in notebook.cells if grade_id(cell)]
            nbformat.write(notebook, submitted / f"{assignment}.ipynb")
    graded = {}
    for result in grade(course, assignment):
        page = folder / "feedback" / result.student / assignment / f"{assignment}.html"
        handed_in = nbformat.read(
            folder / "submitted" / result.student / assignment / f"{assignment}.ipynb", as_version=4
        )
        assert result.failure == ""
        points = {one.grade_id: one.points for one in result.marks.verdicts if not one.by_person}
        graded[result.student] = Graded(points, page.read_text(encoding="utf-8"), handed_in)
    return graded


@pytest.mark.parametrize(("assignment", "number"), cases())
def test_variants_handed_in_together_earn_the_marks_that_their_headers_name_and_feedback_that_leaks_nothing(
    assignment: str, number: int
):
    variants = hand_ins(read_variants(COURSE, assignment))[number]
    master = read_master(COURSE, assignment)
    if not ALL:
        answers = answers_of(variants)
        master = cut_down(master, answers)
        graded = grade_cut_down(assignment, master, answers)
    else:
        graded = grade_shard(assignment, number % NUM_SHARDS)[f"student{number}"]
    machine = dict(graded.points)
    assert leaks(graded.page, secrets(assignment), [text_of_submission(graded.handed_in)]) == []
    assert graded.page.count('<section aria-labelledby="box-') >= len(machine)
    expected = points_of(master, variants)
    # What may fail keeps its points or loses them.
    for uncertain in set().union(*(variant.may_fail for variant in variants)) & set(expected):
        assert machine.pop(uncertain) in (0.0, expected.pop(uncertain))
    assert machine == expected, [variant.name for variant in variants]


@cache
def failures_of(assignment: str) -> dict[str, list[Claim]]:
    return failures(
        read_master(COURSE, assignment),
        read_variants(COURSE, assignment),
        files=COURSE.source(assignment),
    )


@pytest.mark.xdist_group("claims")
@pytest.mark.parametrize(
    ("assignment", "variant"),
    [
        pytest.param(assignment, variant, id=f"{assignment}-{variant.name}")
        for assignment in QUICK
        for variant in read_variants(COURSE, assignment)
    ],
)
def test_a_variant_by_itself_fails_the_cells_that_its_header_names(assignment: str, variant: Variant):
    failed = {claim.cell for claim in failures_of(assignment)[variant.name]}
    assert variant.fails <= failed <= variant.fails | variant.may_fail


@pytest.mark.xdist_group("claims")
@pytest.mark.parametrize("assignment", QUICK)
def test_every_hidden_claim_alone_catches_a_wrong_variant(assignment: str):
    rows = catches(read_master(COURSE, assignment), failures_of(assignment))
    assert [f"{row.claim.cell}: {row.claim.name}" for row in rows if not row.alone] == []


@cache
def runs_under_other_seeds(assignment: str) -> list[Run]:
    """Ten runs of each right variant, in each of which the tests and the answers set other seeds than in the notebook."""
    master = read_master(COURSE, assignment)
    right = read_right(COURSE, assignment)
    jobs = [Job(variant, tuple(touched_cells(master, variant)), tuple(range(1, 11))) for variant in right]
    return run_jobs(master, jobs, files=COURSE.source(assignment))


@pytest.mark.skipif(not ALL, reason="trains hundreds of networks: make test-all runs it")
@pytest.mark.xdist_group("claims")
@pytest.mark.parametrize(
    ("assignment", "name"),
    [
        pytest.param(assignment, variant.name, id=f"{assignment}-{variant.name}")
        for assignment in ASSIGNMENTS
        if assignment in TRAINING
        for variant in read_right(COURSE, assignment)
    ],
)
def test_a_right_variant_holds_under_ten_other_seeds(assignment: str, name: str):
    runs = [run for run in runs_under_other_seeds(assignment) if run.experiment == name]
    assert len(runs) == 10
    for run in runs:
        assert run.failed == {}
        assert [each for each in run.observed if each.got is None] == []
        short = [each for each in run.observed if not meets(each.direction, each.got, each.threshold)]
        assert short == []


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_there_are_enough_right_and_wrong_variants(assignment: str):
    variants = read_variants(COURSE, assignment)
    right, wrong = SMALLEST_NUMBERS[assignment]
    assert sum(not variant.fails for variant in variants) >= right
    assert sum(bool(variant.fails) for variant in variants) >= wrong


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_every_test_cell_is_failed_by_some_variant(assignment: str):
    failed = set().union(*(variant.fails for variant in read_variants(COURSE, assignment)))
    assert failed == {grade_id(cell) for cell in read_master(COURSE, assignment).cells if is_test(cell)}

"""`assay check` says of every variant what JupyterLab's Validate says: the visible tests mean the same in two kernels as in one.

`make test-all` compares all variants; `make test` some of them.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest
from nbgrader.validator import Validator
from traitlets.config import Config
from variant_classes import ALL, COURSE, TRAINING, answers_of, hand_ins

from assay import grade_notebook
from assay.cells import grade_id, is_test
from assay.two_kernels import RunLimits
from assay.variants import Variant, read_master, read_variants, solve
from assay.verdict import Status

pytestmark = pytest.mark.slow


def cell_seconds(assignment: str) -> int:
    """Time limit of a cell: an answer that never ends takes all of it twice."""
    return 120 if assignment in TRAINING else 20


def every(assignment: str) -> int:
    """One in this many; the numbers have nothing in common with how the variants are ordered."""
    return 1 if ALL else 29 if assignment in TRAINING else 17


CASES = [
    (assignment, number)
    for assignment in COURSE.assignments()
    for number in range(0, len(hand_ins(read_variants(COURSE, assignment))), every(assignment))
]


def written(folder: Path, assignment: str, variants: list[Variant]) -> Path:
    """A released notebook with the answers of these variants beside its data, without the experiments, which earn nothing."""
    shutil.copytree(COURSE.release(assignment), folder, dirs_exist_ok=True)
    release = nbformat.read(COURSE.release(assignment) / f"{assignment}.ipynb", as_version=4)
    notebook = solve(release, read_master(COURSE, assignment), answers_of(variants))
    notebook.cells = [cell for cell in notebook.cells if grade_id(cell)]
    nbformat.write(notebook, folder / f"{assignment}.ipynb")
    return folder / f"{assignment}.ipynb"


def failed_in_validate(path: Path) -> set[str]:
    """The grade ids of the test cells that nbgrader's Validate, which JupyterLab's button calls, says fail."""
    config = Config()
    config.Execute.kernel_name = "python3"
    config.Execute.timeout = cell_seconds(path.stem)
    found = Validator(config=config).validate(str(path))
    failed = {each["source"] for each in found.get("failed", [])}
    tests = [cell for cell in nbformat.read(path, as_version=4).cells if is_test(cell)]
    return {grade_id(cell) for cell in tests if cell.source.strip() in failed}


@pytest.mark.parametrize(("assignment", "number"), CASES)
def test_check_agrees_with_validate(assignment: str, number: int, tmp_path: Path):
    variants = hand_ins(read_variants(COURSE, assignment))[number]
    path = written(tmp_path, assignment, variants)
    limits = RunLimits(cell_seconds=cell_seconds(assignment))
    verdicts = grade_notebook(path, path, files=tmp_path, course_files=tmp_path, limits=limits)
    failed = {one.grade_id for one in verdicts.verdicts if one.status is not Status.PASSED}
    assert not {one.status for one in verdicts.verdicts} & {Status.GRADER_ERROR, Status.UNGRADABLE}
    assert failed == failed_in_validate(path), [variant.name for variant in variants]


def test_there_is_something_to_compare():
    assert len(CASES) >= 4
    assert any(
        variant.fails
        for assignment, number in CASES
        for variant in hand_ins(read_variants(COURSE, assignment))[number]
    )

"""One notebook by itself: `assay.grade_notebook` and `assay check`, and what they say of what they cannot use."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from small_notebooks import answered, cell, notebook

import assay
from assay import cli
from assay.errors import AssayError
from assay.verdict import Status

MASTER = notebook(
    cell("locked", "setup", "import helper"),
    cell("solution", "double", "def double(x):\n    return 2 * x"),
    cell(
        "test",
        "doubles",
        "assert double(2) == 4\n### BEGIN HIDDEN TESTS\nassert double(7) == 14\n### END HIDDEN TESTS",
        2,
    ),
    cell("test", "helps", "assert helper.three() == 3 and double(1) == 2"),
)
NARROW = {"double": "def double(x):\n    return 4 if x == 2 else 2"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a release, a submission that passes its visible tests only, and a module beside them."""
    (tmp_path / "helper.py").write_text("def three():\n    return 3\n", encoding="utf-8")
    nbformat.write(MASTER, tmp_path / "master.ipynb")
    submission = answered(MASTER, NARROW)
    for one in submission.cells:
        one.source = one.source.partition("### BEGIN HIDDEN")[0]
    nbformat.write(submission, tmp_path / "mine.ipynb")
    return tmp_path


@pytest.mark.slow
def test_a_notebook_is_graded_against_its_master_without_a_gradebook(folder: Path):
    verdicts = assay.grade_notebook(folder / "master.ipynb", folder / "mine.ipynb", files=folder)
    assert [(one.grade_id, one.points, one.status) for one in verdicts.verdicts] == [
        ("doubles", 0, Status.FAILED),
        ("helps", 1, Status.PASSED),
    ]
    assert (verdicts.points, verdicts.max_points) == (1, 3)
    assert verdicts.repairs == ()
    assert not (folder / "gradebook.db").exists()


@pytest.mark.slow
def test_check_runs_the_visible_tests(folder: Path, capsys: pytest.CaptureFixture[str]):
    assert cli.main(["check", str(folder / "mine.ipynb")]) == 0
    printed = capsys.readouterr().out
    assert "doubles" in printed
    assert "2 of 2 tests passed" in printed


@pytest.mark.slow
def test_check_fails_when_a_test_fails_and_prints_json(folder: Path, capsys: pytest.CaptureFixture[str]):
    words = ["check", str(folder / "mine.ipynb"), "--master", str(folder / "master.ipynb"), "--json"]
    assert cli.main(words) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["points"], found["max_points"]) == (1, 3)
    assert [one["status"] for one in found["verdicts"]] == ["failed", "passed"]


@pytest.mark.slow
def test_the_tests_never_import_what_a_submission_brings(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
):
    brought = tmp_path_factory.mktemp("brought")
    (brought / "helper.py").write_text("def three():\n    return 4\n", encoding="utf-8")
    (brought / "numpy.py").write_text("raise SystemExit\n", encoding="utf-8")
    verdicts = assay.grade_notebook(folder / "master.ipynb", folder / "mine.ipynb", files=brought)
    assert verdicts["helps"].status is Status.PASSED


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b"{", "notebook"),
        (b"[1]", "notebook"),
        (b"[" * 100_000, "notebook"),
        (b"PK\x03\x04", "notebook"),
    ],
)
def test_a_submission_that_cannot_be_read_is_one_sentence(folder: Path, content: bytes, sentence: str):
    with pytest.raises(AssayError) as error:
        assay.grade_notebook(folder / "master.ipynb", content)
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


def test_a_master_that_is_not_there_is_one_sentence(folder: Path):
    with pytest.raises(AssayError, match="missing"):
        assay.grade_notebook(folder / "no.ipynb", folder / "mine.ipynb")


def test_an_isolation_that_does_not_exist_is_one_sentence(folder: Path):
    with pytest.raises(AssayError, match="bubblewrap"):
        assay.grade_notebook(folder / "master.ipynb", folder / "mine.ipynb", isolation="chroot")


def test_check_says_when_there_is_no_notebook(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert cli.main(["check", str(tmp_path / "no.ipynb")]) == 1
    assert "name a notebook" in capsys.readouterr().err


def test_check_says_when_there_is_no_test(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    nbformat.write(notebook(cell("free", "one", "1")), tmp_path / "plain.ipynb")
    assert cli.main(["check", str(tmp_path / "plain.ipynb")]) == 1
    assert "no test cell" in capsys.readouterr().err


def test_check_says_when_the_notebook_is_damaged(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "broken.ipynb").write_text('{"cells": [', encoding="utf-8")
    assert cli.main(["check", str(tmp_path / "broken.ipynb")]) == 1
    assert "Traceback" not in capsys.readouterr().err

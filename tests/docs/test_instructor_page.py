"""docs/instructor.md: from clone to released feedback by the commands of the page, with one assignment and two of the sample class."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from page_commands import ROOT, Ran, complaints, run_page

PAGE = ROOT / "docs/instructor.md"
ASSIGNMENT = "gradient_descent"

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("instructor_page")]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What ``git clone`` would give, less two assignments and six students, and set up already."""
    clone = tmp_path_factory.mktemp("instructor") / "descent"
    clone.mkdir()
    for name in ("Makefile", "nbgrader_config.py", "pyproject.toml", "requirements.txt"):
        shutil.copy2(ROOT / name, clone)
    (clone / "autograded").mkdir()
    shutil.copy2(ROOT / "autograded/README.md", clone / "autograded")
    (clone / "source").mkdir()
    shutil.copy2(ROOT / f"source/{ASSIGNMENT}.py", clone / "source")
    for folder in ("source", "release", "solutions", "submitted/student03", "submitted/student08"):
        shutil.copytree(ROOT / folder / ASSIGNMENT, clone / folder / ASSIGNMENT)
    # make sets up nothing again that is newer than what it follows from.
    (clone / ".venv").mkdir()
    (clone / ".venv/bin").symlink_to(Path(sys.executable).parent)
    (clone / ".venv/.ready").touch()
    return clone


@pytest.fixture(scope="module")
def runs(clone: Path) -> list[Ran]:
    exchange = clone.parent / "exchange"
    folders = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    # nbgrader keeps submissions in a person's own folder, and reads that person's settings.
    private = {name: str(clone.parent / name.lower()) for name in folders}
    runs = run_page(
        PAGE, clone, replaced={"sudo ": "", "/srv/nbgrader/exchange": str(exchange)}, environment=private
    )
    assert "/srv" not in "".join(run.block.text for run in runs).replace("/srv/nbgrader/exchange", "")
    return runs


def test_every_command_from_clone_to_released_feedback_works(runs: list[Ran]):
    commands = "\n".join(run.block.text for run in runs)
    for step in (
        "make grade",
        "release_assignment",
        "fetch_assignment",
        "nbgrader submit ",
        "collect",
        "release_feedback",
    ):
        assert step in commands
    assert complaints(runs) == []


def test_the_gradebook_has_the_class_of_the_second_half_and_nothing_of_the_first(
    runs: list[Ran], clone: Path
):
    assert complaints(runs) == []
    with closing(sqlite3.connect(clone / "gradebook.db")) as gradebook:
        students = {row[0] for row in gradebook.execute("SELECT id FROM student")}
        submitted = {row[0] for row in gradebook.execute("SELECT student_id FROM submitted_assignment")}
    [me] = submitted
    assert me not in {"student21", "student22"}
    assert students == {"student21", "student22", me}
    assert (clone / "feedback" / me / ASSIGNMENT / f"{ASSIGNMENT}.html").is_file()
    assert (clone / "marks.csv").read_text(encoding="utf-8-sig").count("\n") > 1

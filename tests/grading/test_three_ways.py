"""One class graded by assay, by nbgrader's command line and by formgrader's button: the marks are the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
from formgrader_server import Formgrader, formgrader_of, private_environment
from grading_course import TinyCourse, test_cell
from nbgrader.api import Gradebook, MissingEntry

from assay.engine import grade
from assay.gradebook import isolation_of, read_marks
from assay.verdict import Marks, Status

pytestmark = pytest.mark.slow

SECONDS = 3
# A leftover of this run, told from those of any other.
SLEEP = ["sleep", str(2_000_000 + os.getpid())]
HANGING = f"""
import subprocess
subprocess.Popen({SLEEP})
def double(x):
    while x == 0:
        pass
    return 2 * x
"""
# A mistake of the course, not of the student: a person has to look at the cell.
AT_FAULT = "import no_such_module\nassert triple(1) == 3"

READABLE = ["ada", "bob", "cleo", "eve"]
UNREADABLE = "gus"
# By cell: what the machine gave and whether a person has to look, as the gradebook keeps it.
RIGHT = {
    "double_doubles": (3.0, False),
    "double_of_nothing": (1.0, False),
    "triple_triples": (2.0, False),
    "at_fault": (None, True),
    "why": (None, True),
}
EXPECTED = {
    "ada": RIGHT,
    "bob": {**RIGHT, "double_doubles": (0.0, False)},
    "cleo": {**RIGHT, "double_of_nothing": (0.0, False)},
    "eve": {**RIGHT, "triple_triples": (0.0, False)},
}
WAYS = ["assay grade", "nbgrader autograde", "the button"]


@dataclass
class Graded:
    """A course after grading.

    Attributes
    ----------
    refusal
        What was said on the submission that cannot be read.
    shown
        What formgrader shows of a cell, by grade id, where formgrader graded.
    page
        formgrader's page of the same submission.
    left
        Programs that were still running when the grading was over.
    """

    course: TinyCourse
    refusal: str
    shown: dict[str, dict[str, Any]] = field(default_factory=dict)
    page: str = ""
    left: list[str] = field(default_factory=list)

    def gradebook(self, student: str) -> dict[str, tuple[float | None, bool]]:
        with self._open() as book:
            notebook = book.find_submission_notebook(self.course.name, self.course.name, student)
            return {one.name: (one.auto_score, one.needs_manual_grade) for one in notebook.grades}

    def marks(self, student: str) -> Marks:
        """Points, states, messages and notes of a submission."""
        with self._open() as book:
            return read_marks(book, self.course.autograded(student).parent, self.course.name, student)

    def _open(self) -> Gradebook:
        return Gradebook(f"sqlite:///{self.course.root / 'gradebook.db'}")


def damaged(notebook: nbformat.NotebookNode) -> None:
    """A deleted test cell, and an editor that wrote no metadata."""
    notebook.cells = [one for one in notebook.cells if one.id != "double_doubles"]
    for one in notebook.cells:
        one.metadata = nbformat.NotebookNode()
    notebook.metadata = nbformat.NotebookNode()


def written(root: Path) -> TinyCourse:
    course = TinyCourse(root, seconds=SECONDS)
    course.master.cells.append(test_cell("at_fault", 1, AT_FAULT))
    course.write_master()
    return course


@pytest.fixture(scope="module")
def by_assay(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    course = written(tmp_path_factory.mktemp("assay") / "course")
    course.submit("ada")
    course.submit("bob", {"double": "def double(x):\n    return 2 * x if x < 100 else 0"})
    course.submit("cleo", {"double": HANGING})
    course.submit("eve", {"triple": "def triple(x):\n    return 2 * x"}, change=damaged)
    course.submit(UNREADABLE).write_text('{"cells": [', encoding="utf-8")
    results = {result.student: result for result in grade(course.course, course.name, feedback=False)}
    assert sorted(results) == sorted([*READABLE, UNREADABLE])
    return Graded(course, results[UNREADABLE].failure, left=running())


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return private_environment(tmp_path_factory.mktemp("private"))


@pytest.fixture(scope="module")
def by_command(
    by_assay: Graded, environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Graded:
    course = copied(by_assay.course, tmp_path_factory.mktemp("command") / "course")
    nbgrader(course, environment, "generate_assignment", course.name)
    # One submission cannot be read: nbgrader says so in its exit code, and grades the others.
    said = nbgrader(course, environment, "autograde", course.name, "--force", status=1)
    return Graded(course, said, left=running())


@pytest.fixture(scope="module")
def by_button(
    by_assay: Graded, environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Graded:
    folder = tmp_path_factory.mktemp("button")
    course = copied(by_assay.course, folder / "course")
    with formgrader_of(course.root, environment, folder / "server.log") as formgrader:
        assert formgrader.press(f"api/assignment/{course.name}/assign")["success"]
        replies = {student: press_autograde(formgrader, course, student) for student in READABLE}
        for student, reply in replies.items():
            assert reply["success"], f"{student}: {reply.get('error')}"
        refused = press_autograde(formgrader, course, UNREADABLE)
        assert not refused["success"]
        first = formgrader.get_json(f"api/submitted_notebooks/{course.name}/{course.name}")[0]
        shown = formgrader.get_json(f"api/grades?submission_id={first['id']}")
        graded = Graded(
            course,
            refused["log"],
            shown={one["name"]: one for one in shown},
            page=formgrader.get(f"submissions/{first['id']}/"),
            left=[*formgrader.still_running(), *running()],
        )
        server = formgrader.process
    assert not server.is_running()
    return graded


@pytest.fixture
def graded(request: pytest.FixtureRequest) -> Graded:
    fixtures = dict(zip(WAYS, ("by_assay", "by_command", "by_button"), strict=True))
    return request.getfixturevalue(fixtures[request.param])


def press_autograde(formgrader: Formgrader, course: TinyCourse, student: str) -> dict[str, Any]:
    return formgrader.press(f"api/submission/{course.name}/{student}/autograde")


def copied(course: TinyCourse, root: Path) -> TinyCourse:
    other = course.copy_to(root)
    other.master = course.master
    other.write_master()
    return other


def nbgrader(course: TinyCourse, environment: dict[str, str], *words: str, status: int = 0) -> str:
    run = subprocess.run(
        [sys.executable, "-m", "nbgrader", *words],
        cwd=course.root,
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert run.returncode == status, run.stderr
    return run.stderr


def running() -> list[str]:
    """What a submission of this run started and what is running still."""
    return [
        " ".join(SLEEP)
        for process in psutil.process_iter(["cmdline", "status"])
        if process.info["cmdline"] == SLEEP and process.info["status"] != psutil.STATUS_ZOMBIE
    ]


@pytest.mark.parametrize("student", READABLE)
@pytest.mark.parametrize("graded", WAYS, indirect=True)
def test_every_way_gives_the_marks_that_a_submission_deserves(graded: Graded, student: str) -> None:
    assert graded.gradebook(student) == EXPECTED[student]


@pytest.mark.parametrize("student", READABLE)
@pytest.mark.parametrize("graded", WAYS[1:], indirect=True)
def test_every_way_gives_the_same_verdicts_and_notes_behind_the_same_wall(
    by_assay: Graded, graded: Graded, student: str
) -> None:
    assert graded.marks(student) == by_assay.marks(student)
    walls = {isolation_of(one.course.autograded(student).parent) for one in (by_assay, graded)}
    assert len(walls) == 1
    assert "" not in walls


def test_the_submissions_went_wrong_in_the_ways_meant(by_assay: Graded) -> None:
    """What is compared above would say little if all were alike."""
    assert len({json.dumps(by_assay.gradebook(student)) for student in READABLE}) == len(READABLE)
    status = {
        (student, verdict.grade_id): verdict.status
        for student in READABLE
        for verdict in by_assay.marks(student).verdicts
    }
    assert status["ada", "double_doubles"] is Status.PASSED
    assert status["bob", "double_doubles"] is Status.FAILED
    assert status["cleo", "double_of_nothing"] is Status.TIMED_OUT
    assert status["eve", "triple_triples"] is Status.FAILED
    assert status["ada", "at_fault"] is Status.GRADER_ERROR
    assert status["ada", "why"] is Status.WAITING
    assert "The cell double_doubles was missing; it was put back." in by_assay.marks("eve").incidents
    assert len(by_assay.marks("eve").incidents) > 1


@pytest.mark.parametrize("graded", WAYS, indirect=True)
def test_every_way_says_in_the_same_sentence_what_cannot_be_read(by_assay: Graded, graded: Graded) -> None:
    sentence = by_assay.refusal
    assert sentence.startswith("unreadable: tiny.ipynb is not a notebook")
    assert sentence in graded.refusal
    assert not graded.course.autograded(UNREADABLE).exists()
    with pytest.raises(MissingEntry):
        graded.gradebook(UNREADABLE)


@pytest.mark.parametrize("graded", WAYS, indirect=True)
def test_no_process_is_left(graded: Graded) -> None:
    assert graded.left == []
    assert running() == []


def test_formgrader_asks_a_person_to_look_where_the_test_is_at_fault(by_button: Graded) -> None:
    assert {name: one["needs_manual_grade"] for name, one in by_button.shown.items()} == {
        name: needed for name, (_, needed) in RIGHT.items()
    }
    # The field for the points, which the script of the page marks by what was read above.
    assert '<input class="score tabbable" id="at_fault"' in by_button.page
    assert "The test itself is at fault" in by_button.page

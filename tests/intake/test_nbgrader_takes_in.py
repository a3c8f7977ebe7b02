"""nbgrader's own autograde, with assay's intake in front of it: damage of one submission never costs another."""

from __future__ import annotations

import inspect
import json
import os
import random
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from damage import damaged
from intake_course import ANSWERS, CONFIG, FILE, NAME, SmallCourse, answer, graded, master, submission
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.converters.autograde import Autograde as ThePatched
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.coursedir import CourseDirectory

from assay import intake
from assay.intake import SubmissionsFailed, install

STUB = "YOUR ANSWER HERE"


def recorded(root: Path) -> SmallCourse:
    small = SmallCourse(root)
    settings = small.config()
    folders = CourseDirectory(config=settings, assignment_id=NAME)
    GenerateAssignment(coursedir=folders, config=settings).start()
    return small


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> SmallCourse:
    """Recording a master takes nbgrader seconds; every test gets a copy."""
    return recorded(tmp_path_factory.mktemp("template") / "course")


@pytest.fixture
def small(template: SmallCourse, tmp_path: Path) -> SmallCourse:
    return template.copy_to(tmp_path / "course")


def autograde(small: SmallCourse, **folders: Any) -> CourseDirectory:
    config = small.config()
    course = CourseDirectory(config=config, assignment_id=NAME, **folders)
    converter = Autograde(coursedir=course, config=config)
    converter.force = True
    converter.start()
    return course


def scores(small: SmallCourse, student: str) -> dict[str, float | None]:
    with Gradebook(f"sqlite:///{small.root / 'gradebook.db'}") as book:
        notebook = book.find_submission_notebook(NAME, NAME, student)
        return {grade.name: grade.auto_score for grade in notebook.grades}


ALL_RIGHT = {
    "area_grows": 1,
    "perimeter_grows": 1,
    "why": None,
    "choice_is_right": 1,
    "round": None,
    "total_adds": 1,
}


def test_the_patch_point_of_nbgrader_is_as_it_was_when_this_was_written() -> None:
    assert version("nbgrader").split(".")[:2] == ["0", "9"]
    assert list(inspect.signature(BaseConverter.start).parameters) == ["self"]
    assert "start" in vars(ThePatched)
    lines = [line.strip() for line in inspect.getsource(BaseConverter.start).splitlines()]
    assert lines[1] == "self.init_notebooks()"
    for used in ("init_destination", "init_assignment", "convert_single_notebook", "init_notebooks"):
        assert callable(getattr(BaseConverter, used))


def test_installing_twice_changes_nothing() -> None:
    before = Autograde.start
    install()
    assert Autograde.start is before
    assert getattr(before, "of_assay", False)
    assert not hasattr(GenerateAssignment.start, "of_assay")


def test_a_class_with_everything_in_it_is_graded_to_its_end(small: SmallCourse) -> None:
    rng = random.Random(0)
    small.submit("ada")
    for student, way in (
        ("bob", "cut_off"),
        ("cleo", "through_colab"),
        ("dan", "called_as_a_download"),
        ("eve", "nothing"),
        ("fay", "copied_tests"),
        ("gus", "a_million_lists"),
        ("hal", "garbled_timestamp"),
    ):
        small.submit(student, damaged(way, submission(), rng, FILE))
    folder = small.submit("ivy")
    (folder / FILE).unlink()
    os.mkfifo(folder / FILE)
    os.mkfifo(folder / "timestamp.txt")
    folder = small.submit("jon")
    os.mkfifo(folder / "data.txt")
    (folder / "peek.ipynb").symlink_to(small.root / "source" / NAME / FILE)
    (folder / "leak.txt").symlink_to(small.root / "source" / NAME / FILE)
    (folder / "notes").mkdir()
    (folder / "notes" / "mine.txt").write_text("mine")
    folder = small.submit("kim")
    (folder / FILE).unlink()
    (folder / FILE).symlink_to(small.root / "source" / NAME / FILE)
    started = time.monotonic()
    with pytest.raises(SubmissionsFailed) as raised:
        autograde(small)
    assert time.monotonic() - started < 60
    reasons = raised.value.reasons
    assert set(reasons) == {"bob", "eve", "gus", "ivy", "kim"}
    assert all(reason.startswith("unreadable: ") for reason in reasons.values())
    assert "bob: unreadable: small.ipynb is not a notebook (it ends in the middle)." in str(raised.value)
    for student in ("ada", "cleo", "dan", "fay", "hal", "jon"):
        assert scores(small, student) == ALL_RIGHT, student
    for student in reasons:
        assert not (small.root / "autograded" / student).exists()
    autograded = small.root / "autograded" / "jon" / NAME
    found = {str(path.relative_to(autograded)) for path in autograded.rglob("*") if path.is_file()}
    assert found == {FILE, "notes/mine.txt"}
    said = " ".join(small.autograded("jon").metadata.assay.repairs)
    assert "Left out, since each is a symbolic link and no file: peek.ipynb, leak.txt." in said
    assert "timestamp.txt holds no time" in " ".join(small.autograded("hal").metadata.assay.repairs)


def test_an_answer_that_was_not_given_earns_nothing_without_a_person(small: SmallCourse) -> None:
    small.submit("ada", why=STUB)
    small.submit(
        "bob", damaged("deleted_all_locked_cells", submission({"why": STUB}), random.Random(0), FILE)
    )
    notebook = submission()
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] not in ("why", "round")]
    small.submit("cleo", {FILE: json.dumps(notebook).encode()})
    autograde(small)
    assert scores(small, "ada") == {**ALL_RIGHT, "why": 0}
    assert scores(small, "bob") == {**ALL_RIGHT, "why": 0}
    assert scores(small, "cleo") == {**ALL_RIGHT, "why": 0, "round": 0}


def test_the_rebuilt_notebook_has_the_roles_of_the_master_and_the_code_of_the_student(
    small: SmallCourse,
) -> None:
    small.submit("ada", damaged("changed_roles", submission(), random.Random(0), FILE))
    autograde(small)
    made = small.autograded("ada")
    for one, wanted in zip(made.cells, master().cells, strict=True):
        role = {key: value for key, value in one.metadata.get("nbgrader", {}).items() if key != "checksum"}
        assert role == {
            key: value for key, value in wanted.metadata.get("nbgrader", {}).items() if key != "checksum"
        } | ({"cell_type": one.cell_type} if "cell_type" in role else {})
        assert one.get("outputs", []) == []
        assert one.source == ANSWERS.get(one.id, wanted.source)
    kept = made.metadata.assay.submitted_outputs
    assert kept["area"][0]["text"] == "output of area\n"
    assert made.metadata.kernelspec.name == "python3"


def test_a_readable_time_is_kept_and_makes_a_submission_late(small: SmallCourse) -> None:
    small.submit(
        "ada", {FILE: json.dumps(submission()).encode(), "timestamp.txt": b"2015-02-02 15:58:23 UTC\n"}
    )
    autograde(small)
    with Gradebook(f"sqlite:///{small.root / 'gradebook.db'}") as book:
        assert book.find_submission(NAME, "ada").timestamp.year == 2015
    assert (small.root / "autograded" / "ada" / NAME / "timestamp.txt").is_file()


def test_marks_from_before_stay_when_a_later_version_cannot_be_read(small: SmallCourse) -> None:
    folder = small.submit("ada")
    autograde(small)
    (folder / FILE).write_bytes(b"")
    with pytest.raises(SubmissionsFailed, match="is empty"):
        autograde(small)
    assert scores(small, "ada") == ALL_RIGHT
    assert small.autograded("ada").cells


def test_students_are_those_that_nbgrader_would_take(small: SmallCourse) -> None:
    for student in ("ada", "bob", "cleo", "a.b"):
        small.submit(student)
    course = autograde(small, student_id="*a*", student_id_exclude="cleo")
    graded_now = sorted(path.name for path in (small.root / "autograded").iterdir())
    assert graded_now == ["a.b", "ada"]
    assert (course.student_id, course.submitted_directory) == ("*a*", "submitted")
    with pytest.raises(NbGraderException, match="No notebooks were matched"):
        autograde(small, student_id="nobody")


def test_what_nbgrader_raises_for_one_is_told_and_the_others_are_graded(
    small: SmallCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    for student in ("ada", "bob", "cleo"):
        small.submit(student)
    usual = Autograde.init_assignment

    def breaks(self: Autograde, assignment: str, student: str) -> None:
        if student == "bob":
            raise RecursionError("too deep")
        usual(self, assignment, student)

    monkeypatch.setattr(Autograde, "init_assignment", breaks)
    with pytest.raises(SubmissionsFailed) as raised:
        autograde(small)
    assert raised.value.reasons == {"bob": "not graded: RecursionError: too deep"}
    assert scores(small, "ada") == scores(small, "cleo") == ALL_RIGHT


def test_a_keyboard_interrupt_ends_the_run(small: SmallCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    small.submit("ada")

    def interrupted(*arguments: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(intake, "stage", interrupted)
    with pytest.raises(KeyboardInterrupt):
        autograde(small)


def test_a_changed_master_is_told_once_for_the_class(small: SmallCourse) -> None:
    import nbformat

    small.submit("ada")
    changed = master()
    changed.cells.append(graded("new_test", "assert True"))
    nbformat.write(changed, small.root / "source" / NAME / FILE)
    with pytest.raises(NbGraderException, match=r"not those of the gradebook \(new_test\): run: nbgrader"):
        autograde(small)


def test_a_submission_of_two_notebooks_may_lack_one(tmp_path: Path) -> None:
    import nbformat

    small = SmallCourse(tmp_path / "course")
    second = nbformat.v4.new_notebook(cells=[answer("more", "More."), graded("free", "1 + 1")])
    nbformat.write(second, small.root / "source" / NAME / "second.ipynb")
    settings = small.config()
    GenerateAssignment(
        coursedir=CourseDirectory(config=settings, assignment_id=NAME), config=settings
    ).start()
    small.submit("ada")
    small.submit(
        "bob", {FILE: json.dumps(submission()).encode(), "second (1).ipynb": json.dumps(second).encode()}
    )
    autograde(small)
    with Gradebook(f"sqlite:///{small.root / 'gradebook.db'}") as book:
        assert book.find_submission(NAME, "ada").score == 4
        assert book.find_submission(NAME, "bob").score == 5
    assert scores(small, "bob") == ALL_RIGHT


def test_a_converter_without_anything_of_assay_runs_as_ever(small: SmallCourse) -> None:
    plain = "c.Autograde.sanitize_preprocessors = ['nbgrader.preprocessors.OverwriteCells']\n"
    plain += "del c.Autograde.exporter_class\n"
    (small.root / "nbgrader_config.py").write_text(CONFIG + plain, encoding="utf-8")
    small.submit("ada")
    small.submit("bob", {FILE: b"PK"})
    with pytest.raises(NbGraderException) as raised:
        autograde(small)
    assert not isinstance(raised.value, SubmissionsFailed)
    assert "assay" not in small.autograded("ada").metadata


def test_without_the_intake_its_preprocessor_refuses(small: SmallCourse) -> None:
    small.submit("ada")
    config = small.config()
    converter = Autograde(coursedir=CourseDirectory(config=config, assignment_id=NAME), config=config)
    with pytest.raises(NbGraderException):
        BaseConverter.start(converter)
    assert not (small.root / "autograded" / "ada").exists()


def test_the_call_of_formgrader_takes_in_as_well(small: SmallCourse) -> None:
    small.submit("ada", {"Untitled.ipynb": json.dumps(submission()).encode()})
    small.submit("bob", {FILE: b"PK\x03\x04"})
    api = NbGraderAPI(config=small.config())
    assert api.autograde(NAME, "ada")["success"]
    assert scores(small, "ada") == ALL_RIGHT
    result = api.autograde(NAME, "bob")
    assert not result["success"]
    assert "bob: unreadable: small.ipynb is no notebook but a ZIP archive: unpack it." in result["error"]
    assert api.coursedir.submitted_directory == "submitted"


def test_the_command_line_of_nbgrader_takes_in_as_well(small: SmallCourse) -> None:
    small.submit("ada", {"Untitled.ipynb": json.dumps(submission()).encode()})
    small.submit("bob", {FILE: b""})
    run = subprocess.run(
        [sys.executable, "-m", "nbgrader", "autograde", NAME],
        cwd=small.root,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 1
    assert "bob: unreadable: small.ipynb is empty." in run.stderr
    assert scores(small, "ada") == ALL_RIGHT

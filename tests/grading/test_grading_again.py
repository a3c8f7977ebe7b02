"""What is graded again and what is not, and what cannot be graded at all."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from grading_course import TinyCourse, cell, test_cell
from nbgrader.api import Gradebook

from assay import desk
from assay.engine import grade
from assay.errors import AssayError


def gradebook(tiny: TinyCourse) -> Gradebook:
    return Gradebook(f"sqlite:///{tiny.root / 'gradebook.db'}")


@pytest.mark.slow
def test_only_what_changed_is_graded_again(tmp_path: Path) -> None:
    tiny = TinyCourse(tmp_path / "course")
    tiny.submit("ada")

    def run(**options: bool) -> tuple[bool, dict[str, float | None]]:
        (result,) = grade(tiny.course, tiny.name, feedback=False, **options)
        assert result.marks is not None, result.failure
        return result.graded, result.marks.points

    full = {"double_doubles": 3.0, "double_of_nothing": 1.0, "triple_triples": 2.0, "why": None}
    assert run() == (True, full)
    assert run() == (False, full)
    assert run(force=True) == (True, full)

    with gradebook(tiny) as book:
        mark = book.find_grade("why", tiny.name, tiny.name, "ada")
        mark.manual_score, mark.needs_manual_grade = 1.5, False
        book.db.commit()
    assert run() == (False, {**full, "why": 1.5})

    tiny.submit("ada", {"triple": "def triple(x):\n    return x"})
    assert run() == (True, {**full, "triple_triples": 0.0, "why": 1.5})

    hidden = next(one for one in tiny.master.cells if one.id == "double_of_nothing")
    hidden.source = hidden.source.replace("double(0), 0", "double(0), 1")
    tiny.write_master()
    assert run() == (True, {**full, "double_of_nothing": 0.0, "triple_triples": 0.0, "why": 1.5})

    tiny.submit("ada").write_text("not a notebook", encoding="utf-8")
    (result,) = grade(tiny.course, tiny.name, feedback=False)
    assert result.marks is None
    assert result.failure.endswith("The gradebook keeps the marks of the version before.")
    tiny.submit("ada")
    assert run() == (True, {**full, "double_of_nothing": 0.0, "why": 1.5})

    tiny.master.cells.append(test_cell("new_test", 1, "assert True"))
    tiny.write_master()
    with pytest.raises(
        AssayError, match=r"new: new_test; gone: none.*nbgrader db assignment remove tiny --force"
    ):
        grade(tiny.course, tiny.name)


def test_what_is_missing_is_said_in_a_sentence(tmp_path: Path) -> None:
    tiny = TinyCourse(tmp_path / "course")
    with pytest.raises(AssayError, match=r"nothing to grade: put submissions of tiny into .*submitted"):
        grade(tiny.course, tiny.name)
    tiny.submit("ada")
    with pytest.raises(AssayError, match="'zoe' has submitted no tiny; submissions are there of ada"):
        grade(tiny.course, tiny.name, ["zoe"])
    with pytest.raises(AssayError, match="no assignment 'huge'; the course has tiny"):
        grade(tiny.course, "huge")
    (tiny.root / "source" / tiny.name / f"{tiny.name}.ipynb").unlink()
    with pytest.raises(
        AssayError, match=r"source/tiny/tiny.ipynb is missing; make it with: assay build tiny"
    ):
        grade(tiny.course, tiny.name)


def test_a_master_that_nbgrader_refuses_is_said_in_a_sentence(tmp_path: Path) -> None:
    tiny = TinyCourse(tmp_path / "course")
    tiny.submit("ada")
    tiny.master.cells.append(cell("double", "twice = 1", locked=True))
    tiny.master.cells[-1].id = "other"
    tiny.write_master()
    with pytest.raises(AssayError, match=r"source/tiny/tiny.ipynb cannot be read: .* Mend it in JupyterLab"):
        grade(tiny.course, tiny.name)
    # A course of assay's own has a text that the master is built from.
    tiny.course.text(tiny.name).write_text("# %%\n", encoding="utf-8")
    with pytest.raises(AssayError, match=r"source/tiny/tiny.ipynb cannot be read: .* Run: assay build tiny"):
        grade(tiny.course, tiny.name)


def test_a_locked_gradebook_stops_the_run_with_a_sentence(tmp_path: Path) -> None:
    tiny = TinyCourse(tmp_path / "course")
    tiny.submit("ada")
    with gradebook(tiny) as book:
        book.update_or_create_student("ada")
    config = tiny.root / "nbgrader_config.py"
    url = f"sqlite:///{tiny.root / 'gradebook.db'}?timeout=0.5"
    config.write_text(f"{config.read_text()}\nc.CourseDirectory.db_url = {url!r}\n")
    blocker = sqlite3.connect(tiny.root / "gradebook.db", isolation_level=None)
    blocker.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(AssayError, match="gradebook is locked by another program"):
            grade(tiny.course, tiny.name)
    finally:
        blocker.close()


def test_what_nobody_thought_of_in_a_submission_costs_only_its_student(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny = TinyCourse(tmp_path / "course")
    tiny.submit("ada")
    tiny.submit("bob")
    usual = desk.stage

    def stage(course: object, student: str, target: Path) -> list[str]:
        if student == "ada":
            raise RuntimeError("a strange file")
        return usual(course, student, target)

    monkeypatch.setattr(desk, "stage", stage)
    ada, bob = grade(tiny.course, tiny.name, feedback=False)
    assert (ada.marks, ada.failure) == (None, "not graded: RuntimeError: a strange file.")
    assert bob.marks is not None


def test_settings_may_be_appended_to(tmp_path: Path) -> None:
    tiny = TinyCourse(tmp_path / "course")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "factor").write_text("2")
    config = tiny.root / "nbgrader_config.py"
    line = f"c.ExecuteInTwoKernels.read_only.append({str(tmp_path / 'data')!r})"
    config.write_text(f"{config.read_text()}\n{line}\n")
    factor = f"int(open({str(tmp_path / 'data' / 'factor')!r}).read())"
    tiny.submit("ada", {"double": f"def double(x):\n    return {factor} * x"})
    (result,) = grade(tiny.course, tiny.name, feedback=False)
    assert result.marks is not None
    assert result.marks.machine_points == 6.0

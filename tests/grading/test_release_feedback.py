"""Feedback goes out through the exchange to those who submitted through it; the others are named."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeFactory
from traitlets.config import Config

from assay import settings


@pytest.fixture
def course(tmp_path: Path) -> Path:
    for student, files in (
        ("ada", {"timestamp.txt": "2026-11-29 10:00:00 UTC", "submission_secret.txt": "secret"}),
        ("ben", {}),
        ("cleo", {"timestamp.txt": "2026-11-29 10:00:00 UTC"}),
    ):
        folder = tmp_path / "course/feedback" / student / "slope"
        folder.mkdir(parents=True)
        for name, text in {"slope.html": f"for {student}", **files}.items():
            (folder / name).write_text(text)
    exchange = tmp_path / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    return tmp_path / "course"


def release(course: Path, student: str = "*", exclude: str = "") -> tuple[CourseDirectory, list[str]]:
    """Release, and return what is in the exchange then."""
    config = Config()
    settings.apply(config)
    config.Exchange.root = str(course.parent / "exchange")
    folders = CourseDirectory(
        root=str(course), course_id="c", assignment_id="slope", student_id=student, student_id_exclude=exclude
    )
    ExchangeFactory(config=config).ReleaseFeedback(coursedir=folders, config=config).start()
    released = (course.parent / "exchange/c/feedback").glob("*")
    return folders, sorted(path.read_text() for path in released)


def test_who_submitted_otherwise_is_named_and_the_others_get_theirs(
    course: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(logging.getLogger("traitlets"), "propagate", True)
    with caplog.at_level(logging.WARNING):
        folders, released = release(course)
    assert released == ["for ada"]
    [said] = [
        record.getMessage() for record in caplog.records if "through the exchange" in record.getMessage()
    ]
    assert "ben, cleo" in said
    assert "ada" not in said
    assert folders.student_id_exclude == ""


def test_who_is_excluded_stays_excluded(course: Path):
    folders, released = release(course, exclude="ada")
    assert released == []
    assert folders.student_id_exclude == "ada"


def test_one_student_named_who_submitted_otherwise_is_no_error(course: Path):
    assert release(course, student="ben")[1] == []

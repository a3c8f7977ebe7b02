"""What nbgrader's gradebooks write within a transaction stands in the gradebook afterwards as a whole, or not at all."""

from __future__ import annotations

from pathlib import Path

import nbgrader.api
import pytest
from nbgrader.api import Gradebook

from assay.transaction import one_transaction


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'gradebook.db'}"
    with Gradebook(url) as book:
        book.add_assignment("tiny")
    return url


def write(url: str) -> None:
    """In two steps, as nbgrader does, each of which commits."""
    with Gradebook(url) as book:
        book.update_or_create_student("ada")
    with Gradebook(url) as book:
        book.update_or_create_submission("tiny", "ada")


def write_and_fail(url: str, kind: type[BaseException], other: str = "") -> None:
    with one_transaction(url):
        write(url)
        if other:
            with Gradebook(other) as book:
                book.update_or_create_student("bob")
        raise kind("lost")


def students(url: str) -> list[str]:
    with Gradebook(url) as book:
        return [student.id for student in book.students]


def test_everything_stands_there_in_the_end(url: str):
    with one_transaction(url):
        write(url)
    assert students(url) == ["ada"]
    with Gradebook(url) as book:
        assert book.find_submission("tiny", "ada").assignment.name == "tiny"


def test_the_steps_see_each_other_and_nobody_else_sees_them(url: str):
    with one_transaction(url):
        write(url)
        assert students(url) == ["ada"]
        assert students(url.replace("gradebook.db", "gradebook.db?timeout=1")) == []


@pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt])
def test_nothing_stands_there_when_it_fails(url: str, kind: type[BaseException]):
    with pytest.raises(kind):
        write_and_fail(url, kind)
    assert students(url) == []


def test_other_gradebooks_are_left_alone(url: str, tmp_path: Path):
    other = f"sqlite:///{tmp_path / 'other.db'}"
    with pytest.raises(ValueError, match="lost"):
        write_and_fail(url, ValueError, other)
    assert students(other) == ["bob"]


def test_afterwards_everything_is_as_before(url: str):
    usual = nbgrader.api.create_engine
    with pytest.raises(ValueError, match="lost"), one_transaction(url):
        raise ValueError("lost")
    assert nbgrader.api.create_engine is usual
    write(url)
    assert students(url) == ["ada"]

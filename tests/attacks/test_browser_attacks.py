"""Grades submissions that attack the browser of whoever reads them, and looks at the pages that come out."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from assay.cells import grade_id
from assay.engine import Result, grade
from assay.execute import HANDED_IN

from browser_class import (
    ANSWER,
    HONEST,
    MACHINE_POINTS,
    NAMES,
    BrowserClass,
    judging,
    pages_of,
    signs_of,
)

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]


@dataclass(frozen=True)
class Graded:
    """The class after one run of grading."""

    members: BrowserClass
    results: dict[str, Result]


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    members = BrowserClass(tmp_path_factory.mktemp("browser") / "course")
    results = grade(members.tiny.course, members.tiny.name)
    return Graded(members, {result.student: result for result in results})


def test_everybody_is_graded_in_one_run(graded: Graded) -> None:
    assert sorted(graded.results) == sorted([*NAMES, HONEST])


@pytest.mark.parametrize("name", [HONEST, *NAMES])
def test_a_hostile_page_costs_its_author_no_mark(graded: Graded, name: str) -> None:
    result = graded.results[name]
    assert result.failure == ""
    assert result.marks is not None
    assert result.marks.machine_points == MACHINE_POINTS
    assert not [note for note in result.notes if note.startswith("no feedback")]


@pytest.mark.parametrize("name", NAMES)
def test_the_hostile_cells_were_there_and_ran(graded: Graded, name: str) -> None:
    hostile = graded.members.hostile[name].cells
    cells = graded.members.autograded(name).cells
    assert len(cells) == len(graded.members.autograded(HONEST).cells) + len(hostile)
    shown = {cell.source: cell.outputs for cell in cells if cell.cell_type == "code"}
    for cell in hostile:
        if cell.cell_type == "code" and cell.source != "pass":
            assert shown[cell.source]
        elif cell.cell_type == "code" and shown[cell.source]:
            # It showed nothing when it ran; what it was handed in with is shown for what it is.
            assert shown[cell.source][0].text == HANDED_IN
    if any(cell.cell_type == "markdown" for cell in hostile):
        honest = next(
            cell for cell in graded.members.autograded(HONEST).cells if grade_id(cell) == ANSWER
        ).source
        assert next(cell for cell in cells if grade_id(cell) == ANSWER).source != honest


@pytest.mark.parametrize("name", NAMES)
def test_formgrader_shows_nothing_that_acts(graded: Graded, name: str) -> None:
    assert graded.members.complaints_about_formgrader(name) == []


@pytest.mark.parametrize("name", NAMES)
def test_the_written_feedback_holds_nothing_that_acts(graded: Graded, name: str) -> None:
    assert graded.members.complaints_about_feedback(name) == []


@judging.needs_chromium
def test_nothing_happens_when_formgrader_shows_the_class(graded: Graded) -> None:
    pages = pages_of(graded.members.formgrader_page, NAMES)
    assert signs_of(pages) == []
    assert list(pages) == NAMES


@judging.needs_chromium
def test_nothing_happens_when_students_read_their_feedback(graded: Graded) -> None:
    pages = pages_of(graded.members.tiny.feedback, NAMES)
    assert signs_of(pages) == []
    assert list(pages) == NAMES


@judging.needs_chromium
def test_the_same_cells_act_in_the_same_browser_before_they_are_graded(graded: Graded) -> None:
    signs = signs_of(pages_of(graded.members.page_before_grading, NAMES))
    fired = {name for sign in signs if sign.startswith("script ") for name in sign.split()[1:]}
    assert {"event_handlers", "markdown_html", "script_in_html", "script_mimes", "svg_script"} <= fired
    assert any(sign.startswith("request canary.invalid") for sign in signs)

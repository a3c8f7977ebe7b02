"""A submitted notebook is rebuilt on the master: order and code of the student's, everything else of the course."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from damage import new_cell, retype
from intake_course import ANSWERS, marks, master, release, submission
from nbgrader.utils import compute_checksum

from assay.cells import grade_id, is_solution
from assay.notebook import Rebuilt, likeness, parse_notebook, rebuild, released_source, submitted_notebook

REPOSITORY = Path(__file__).resolve().parents[2]
Change = Callable[[list[dict[str, Any]]], list[dict[str, Any]] | None]
ALL = [cell.id for cell in master().cells]


def rebuilt(change: Change | None = None) -> Rebuilt:
    notebook = submission()
    if change is not None:
        changed = change(notebook["cells"])
        notebook["cells"] = notebook["cells"] if changed is None else changed
    made = rebuild(parse_notebook(json.dumps(notebook).encode()), master())
    nbformat.validate(made.notebook)
    return made


def ids(made: Rebuilt) -> list[str]:
    return [cell.id for cell in made.notebook.cells]


def without(*names: str) -> Change:
    return lambda cells: [cell for cell in cells if cell["id"] not in names]


def cell(cells: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(one for one in cells if one["id"] == name)


def source(made: Rebuilt, name: str) -> str:
    return str(next(one.source for one in made.notebook.cells if one.id == name))


def lost(one: dict[str, Any], new_id: str) -> dict[str, Any]:
    return {**one, "metadata": {}, "id": new_id}


def test_a_good_submission_keeps_everything_and_gets_no_repair() -> None:
    made = rebuilt()
    assert ids(made) == ALL
    assert made.repairs == ()
    for one, wanted in zip(made.notebook.cells, master().cells, strict=True):
        assert one.source == ANSWERS.get(one.id, wanted.source)
        assert one.get("outputs", []) == []
        assert one.get("execution_count") is None
        assert one.metadata.get("tags") == wanted.metadata.get("tags")
    assert made.submitted_outputs["total_adds"][0]["text"] == "output of total_adds\n"
    assert (made.notebook.nbformat, made.notebook.nbformat_minor) == (4, 5)


@pytest.mark.parametrize(
    "missing",
    [
        ["area_grows"],
        ["area_grows", "perimeter_grows"],
        ["setup"],
        ["table", "why", "why_question"],
        ["area_question", "choice_is_right", "round"],
        [name for name in ALL if name in ("setup", "table") or name.endswith(("_grows", "_right", "_adds"))],
    ],
)
def test_deleted_cells_go_back_where_they_were(missing: list[str]) -> None:
    made = rebuilt(without(*missing))
    assert ids(made) == ALL
    if len(missing) <= 5:
        assert {f"The cell {name} was missing; it was put back." for name in missing} == set(made.repairs)


def test_more_repairs_than_five_of_a_kind_are_one_sentence() -> None:
    made = rebuilt(lambda cells: [])
    assert ids(made) != []
    assert made.repairs[0].startswith("13 cells were missing and were put back: setup, area_question, ")
    assert made.repairs[0].endswith("total_question and 1 more.")
    assert len(made.repairs) == 4


def test_a_deleted_solution_is_not_invented_and_a_deleted_answer_is_not_answered() -> None:
    made = rebuilt(without("total", "why"))
    assert "total" not in ids(made)
    assert "The cell total was deleted." in made.repairs
    earned = marks(made.notebook)
    assert (earned["total_adds"], earned["why"], earned["round"]) == (0, "not answered", "answered")


def test_the_first_cell_with_a_grade_id_counts_and_a_copy_is_ordinary() -> None:
    def change(cells: list[dict[str, Any]]) -> None:
        twin = json.loads(json.dumps(cell(cells, "area")))
        twin["source"] = "def area(r):\n    return 0"
        cells.append(twin)
        cells.append({**cell(cells, "area_grows"), "source": "assert False"})

    made = rebuilt(change)
    assert source(made, "area") == ANSWERS["area"]
    assert [grade_id(one) for one in made.notebook.cells[-2:]] == ["", ""]
    assert len(set(ids(made))) == len(ids(made))
    assert "The cell area was there twice; the first one counts." in made.repairs


def test_an_unknown_grade_id_gives_no_role() -> None:
    def change(cells: list[dict[str, Any]]) -> None:
        role = {"grade_id": "bonus", "grade": True, "points": 50, "solution": False, "locked": True}
        cells.append({**new_cell("code", "1"), "metadata": {"nbgrader": role}, "id": "bonus"})

    made = rebuilt(change)
    assert made.notebook.cells[-1].metadata == {}
    assert made.repairs == (
        "A cell has a grade id that this assignment does not know; it is an ordinary cell.",
    )


def test_locked_cells_and_tests_have_the_text_of_the_master() -> None:
    def change(cells: list[dict[str, Any]]) -> None:
        cell(cells, "setup")["source"] += "\nSCALE = 1"
        cell(cells, "area_grows")["source"] = "pass"
        cell(cells, "why_question")["source"] += "\n\nNo question."

    made = rebuilt(change)
    for name in ("setup", "area_grows", "why_question"):
        assert source(made, name) == next(one.source for one in master().cells if one.id == name)
        assert any(f"The cell {name} was" in sentence for sentence in made.repairs)


@pytest.mark.parametrize("kind", ["markdown", "raw"])
def test_a_retyped_cell_gets_its_type_and_keeps_its_source(kind: str) -> None:
    made = rebuilt(lambda cells: retype(cell(cells, "area"), kind))
    one = next(one for one in made.notebook.cells if one.id == "area")
    assert (one.cell_type, one.source) == ("code", ANSWERS["area"])
    assert made.repairs == (f"The cell area had become a {kind} cell; it is a code cell again.",)


def test_a_deleted_test_goes_behind_both_halves_of_a_split_answer() -> None:
    def change(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
        place = cells.index(cell(cells, "area"))
        head, tail = ANSWERS["area"].split("\n\n\n")
        cells[place]["source"] = head
        return without("area_grows", "area-1")([
            *cells[: place + 1],
            {**new_cell("code", tail), "id": "half"},
            *cells[place + 1 :],
        ])  # fmt: skip

    made = rebuilt(change)
    assert ids(made)[ids(made).index("area") :][:4] == ["area", "half", "area_grows", "perimeter_grows"]


def test_a_deleted_test_goes_behind_the_cell_that_stands_for_its_deleted_answer() -> None:
    def change(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
        cells.append({**new_cell("code", "total = lambda radii: sum(map(area, radii))"), "id": "mine"})
        return without("total", "total_adds")(cells)

    made = rebuilt(change)
    assert marks(made.notebook)["total_adds"] == 1
    assert source(made, "total") == "total = lambda radii: sum(map(area, radii))"
    assert ids(made).index("total_adds") > ids(made).index("total")


def test_a_test_that_stands_before_its_answer_moves_behind_it_in_the_order_of_the_master() -> None:
    def change(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
        moved = [cell(cells, "perimeter_grows"), cell(cells, "area_grows")]
        return moved + without("area_grows", "perimeter_grows")(cells)  # type: ignore[operator]

    made = rebuilt(change)
    found = ids(made)
    assert found[found.index("area") + 1 :][:2] == ["area_grows", "perimeter_grows"]
    assert "The test area_grows stood before the code that it tests; it was moved behind it." in made.repairs


def test_setup_that_was_moved_down_moves_before_its_first_use() -> None:
    def change(cells: list[dict[str, Any]]) -> None:
        cells.append(cells.pop(cells.index(cell(cells, "setup"))))

    made = rebuilt(change)
    assert ids(made).index("setup") < ids(made).index("area")
    assert any("setup stood behind code that needs it" in sentence for sentence in made.repairs)
    assert marks(made.notebook) == marks(rebuilt().notebook)


def test_the_order_of_the_students_own_cells_stays() -> None:
    def change(cells: list[dict[str, Any]]) -> None:
        cells.insert(0, {**new_cell("code", "a = 1"), "id": "first"})
        cells.insert(9, {**new_cell("markdown", "a note"), "id": "note"})
        cells.append({**new_cell("raw", "raw"), "id": "last"})

    made = rebuilt(change)
    assert (ids(made)[0], ids(made)[9], ids(made)[-1]) == ("first", "note", "last")
    assert [one.cell_type for one in made.notebook.cells if one.id == "last"] == ["raw"]
    assert made.repairs == ()


def test_cells_that_claim_an_id_of_the_master_or_a_strange_one_get_another() -> None:
    def change(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
        own = [
            {**new_cell("code", f"a{n} = 1"), "id": name} for n, name in enumerate(["x", "x", "é", "area"])
        ]
        return cells + own

    found = ids(rebuilt(change))
    assert len(set(found)) == len(found)
    assert found[: len(ALL)] == ALL
    assert found[len(ALL)] == "x"


def test_text_merged_with_an_answer_is_taken_apart() -> None:
    def change(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
        asked, given = cell(cells, "why_question"), cell(cells, "why")
        asked["source"] = asked["source"] + "\n\n" + given["source"]
        test, code = cell(cells, "choice_is_right"), cell(cells, "choice")
        code["source"] = code["source"] + "\n\n" + test["source"]
        return without("why", "choice_is_right")(cells) or []

    made = rebuilt(change)
    assert source(made, "why") == ANSWERS["why"]
    assert source(made, "choice") == ANSWERS["choice"]
    assert marks(made.notebook) == marks(rebuilt().notebook)


def test_an_answer_below_its_cell_is_the_answer() -> None:
    def change(cells: list[dict[str, Any]]) -> None:
        place = cells.index(cell(cells, "why"))
        cells[place]["source"] = "YOUR ANSWER HERE"
        cells.insert(place + 1, {**new_cell("markdown", "Here it is."), "id": "below"})

    made = rebuilt(change)
    assert source(made, "why") == "Here it is."
    assert marks(made.notebook)["why"] == "answered"
    assert "The answer why stood in the cell below its own." in made.repairs


def test_lost_metadata_are_found_by_id_by_text_by_names_and_by_place() -> None:
    def change(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for one in cells:
            one["metadata"] = {}
        kept = {"setup", "table"}
        return [one if one["id"] in kept else lost(one, f"n{n}") for n, one in enumerate(cells)]

    made = rebuilt(change)
    assert ids(made) == ALL
    assert marks(made.notebook) == marks(rebuilt().notebook)
    assert len(made.repairs) == 1
    assert "16 cells had lost their metadata" in made.repairs[0]


def test_an_answer_of_other_shape_is_found_between_its_neighbours() -> None:
    def change(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
        place = cells.index(cell(cells, "choice"))
        cells[place] = {**new_cell("code", "globals().update(larger=dict(first='second'))"), "id": "mine"}
        return cells

    made = rebuilt(change)
    assert source(made, "choice").startswith("globals()")
    assert marks(made.notebook)["choice_is_right"] == 1


def test_a_submission_given_as_an_object_is_believed_no_more() -> None:
    content = nbformat.from_dict(submission())
    before = json.dumps(content)
    made = rebuild(content, master())
    assert made == rebuilt()
    assert json.dumps(content) == before
    assert submitted_notebook(content).cells[1].grade_id == "setup"


def test_the_checksum_is_that_of_nbgrader_for_what_was_handed_out() -> None:
    made = rebuild(parse_notebook(json.dumps(release()).encode()), master())
    for one in made.notebook.cells:
        if "nbgrader" in one.metadata:
            assert one.metadata.nbgrader.checksum == compute_checksum(one)
    given = {"why": "Write here."}
    made = rebuild(parse_notebook(json.dumps(submission({"why": "Write here."})).encode()), master(), given)
    assert marks(made.notebook)["why"] == "not answered"


def test_released_sources_are_those_of_the_release() -> None:
    for name in ("gradient_descent",):
        course = nbformat.read(REPOSITORY / "source" / name / f"{name}.ipynb", as_version=4)
        out = nbformat.read(REPOSITORY / "release" / name / f"{name}.ipynb", as_version=4)
        for one, other in zip(course.cells, out.cells, strict=True):
            code = one.cell_type == "code"
            assert released_source(one.source, solution=is_solution(one), code=code) == other.source


def test_a_place_between_no_neighbours_is_none() -> None:
    made = rebuilt(lambda cells: [{**new_cell("markdown", "Hello."), "id": "hello"}])
    assert marks(made.notebook)["why"] == "not answered"


def test_likeness_tells_a_notebook_of_this_assignment_from_another() -> None:
    other = {"nbformat": 4, "cells": [new_cell("code", "1 + 1"), new_cell("markdown", "# Other")]}
    assert likeness(parse_notebook(json.dumps(other).encode()), master()) == 0
    assert likeness(parse_notebook(json.dumps(submission()).encode()), master()) == 1

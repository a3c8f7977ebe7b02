"""Every way in which a submission comes damaged: what can be repaired costs nothing, the rest is told in a sentence."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import nbformat
import pytest
from damage import DAMAGES, answers, damaged, is_answered, is_solution, role, solutions, source
from intake_course import FILE, WRONG, marks, master, submission

from assay.notebook import Rebuilt, Unreadable, likeness, parse_notebook, read_submission, rebuild

REPOSITORY = Path(__file__).resolve().parents[2]
REAL = "gradient_descent"
RECOVERABLE = [name for name, way in DAMAGES.items() if way.recoverable]
HOPELESS = [name for name, way in DAMAGES.items() if not way.recoverable]
FULL = {
    "area_grows": 1,
    "perimeter_grows": 1,
    "why": "answered",
    "choice_is_right": 1,
    "round": "answered",
    "total_adds": 1,
}
# What a damage does not undo: an answer that was not given stays so, a wrong one stays wrong.
LESS = {**FULL, "round": "not answered", "total_adds": 0}


def hand_in(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def rebuilt(folder: Path, course: nbformat.NotebookNode, name: str) -> Rebuilt:
    read = read_submission(folder, name, likeness=lambda notebook: likeness(notebook, course))
    return rebuild(read.notebook, course)


def test_there_are_enough_ways() -> None:
    assert len(RECOVERABLE) >= 25
    assert len(HOPELESS) >= 10


def test_the_undamaged_twins_earn_what_they_should() -> None:
    for given, expected in ((None, FULL), (WRONG, LESS)):
        made = rebuild(parse_notebook(json.dumps(submission(given)).encode()), master())
        assert marks(made.notebook) == expected
        assert made.repairs == ()


@pytest.mark.parametrize("name", RECOVERABLE)
def test_a_recoverable_damage_costs_nothing(name: str, tmp_path: Path) -> None:
    for seed in range(2):
        for given, expected in ((None, FULL), (WRONG, LESS)):
            files = damaged(name, submission(given), random.Random(seed), FILE)
            folder = hand_in(tmp_path / f"{seed}-{len(given or ())}", files)
            made = rebuilt(folder, master(), FILE)
            nbformat.validate(made.notebook)
            assert marks(made.notebook) == expected, made.repairs


@pytest.mark.parametrize("name", HOPELESS)
def test_a_hopeless_damage_is_told_in_a_sentence(name: str, tmp_path: Path) -> None:
    folder = hand_in(tmp_path, damaged(name, submission(), random.Random(1), FILE))
    with pytest.raises(Unreadable) as raised:
        rebuilt(folder, master(), FILE)
    sentence = str(raised.value)
    assert sentence.endswith((".", ")."))
    assert "\n" not in sentence
    assert len(sentence) < 200


@pytest.fixture(scope="module")
def real_master() -> nbformat.NotebookNode:
    return nbformat.read(REPOSITORY / "source" / REAL / f"{REAL}.ipynb", as_version=4)


def words(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def in_order(needle: str, lines: list[str]) -> bool:
    """Whether the lines of ``needle`` stand in ``lines`` in one piece."""
    wanted = words(needle)
    return any(lines[n : n + len(wanted)] == wanted for n in range(len(lines) - len(wanted) + 1))


@pytest.mark.parametrize("name", RECOVERABLE)
def test_a_damaged_submission_of_the_sample_class_grades_as_before(
    name: str, real_master: nbformat.NotebookNode, tmp_path: Path
) -> None:
    rng = random.Random(name)
    student = rng.choice(sorted((REPOSITORY / "submitted").glob(f"*/{REAL}")))
    good = json.loads((student / f"{REAL}.ipynb").read_text(encoding="utf-8"))
    made = rebuilt(hand_in(tmp_path, damaged(name, good, rng, f"{REAL}.ipynb")), real_master, f"{REAL}.ipynb")
    assert_grades_alike(good, made.notebook, real_master)


def assert_grades_alike(
    good: dict[str, Any], made: nbformat.NotebookNode, course: nbformat.NotebookNode
) -> None:
    tests = [one for one in course.cells if role(one).get("grade") and not is_solution(one)]
    places = {one.id: number for number, one in enumerate(made.cells)}
    master_places = {one.id: number for number, one in enumerate(course.cells)}
    for test in tests:
        # Every test is there, as the course has it, behind the code of the student that it may need.
        assert made.cells[places[test.id]].source == test.source
        before = [one for one in made.cells[: places[test.id]] if one.cell_type == "code"]
        lines = [line for one in before if not role(one).get("locked") for line in words(one.source)]
        last = max(
            (n for n in solutions(good) if master_places[good["cells"][n]["id"]] < master_places[test.id]),
            default=None,
        )
        if last is not None:
            assert in_order(source(good["cells"][last]), lines), test.id
    texts = [line for one in made.cells if one.cell_type != "code" for line in one.source.split()]
    for number in answers(good):
        one = made.cells[places[good["cells"][number]["id"]]]
        assert role(one)["points"] == role(good["cells"][number])["points"]
        assert is_answered(one) is is_answered(good["cells"][number])
        assert set(source(good["cells"][number]).split()) <= set(texts)

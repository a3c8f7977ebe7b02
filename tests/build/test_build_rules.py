"""Each rule refuses what breaks it, with the cell in the sentence, and says all problems at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from traitlets.config import Config

from assay.errors import AssayError
from assay.rules import check_rules, problems
from assay.text import read_text

Header = Callable[..., str]
INTRODUCTION = "# %% [markdown]\n# 2 points\n\n"


def said(text: str) -> list[str]:
    return problems(read_text(text))


def test_a_sound_notebook_has_no_problem(tiny_text: str) -> None:
    assert said(tiny_text) == []
    check_rules(read_text(tiny_text), "source/tiny.py")


def test_all_problems_are_said_at_once(tiny_text: str) -> None:
    broken = (
        tiny_text.replace("4.5 points", "4 points")
        .replace('"points": 2,', "")
        .replace('"square"', '"cell-0123abcd"')
    )
    with pytest.raises(AssayError) as refused:
        check_rules(read_text(broken), "source/tiny.py")
    lines = str(refused.value).splitlines()
    assert lines[0] == "source/tiny.py cannot be built:"
    assert len(lines) >= 3
    assert all(line.startswith("- ") for line in lines[1:])


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('"square_test"', '"square"', "cell 'square' has a grade id that another cell has too"),
        (
            '"grade_id": "square"',
            '"grade_id": "cell-0123456789abcdef"',
            "has the default grade id 'cell-0123456789abcdef'",
        ),
        ('"grade_id": "square"', '"grade_id": "a b"', "has the grade id 'a b'"),
        ('"grade_id": "square"', '"grade_id": 3', "has the grade id 3"),
        (', "grade_id": "square"', "", "lacks the nbgrader metadata grade_id"),
        (
            '"task": false, "schema_version": 3, "grade_id": "square"',
            '"grade_id": "square"',
            "lacks .* schema_version, task",
        ),
        (
            '"grade_id": "square"',
            '"grade_id": "square", "checksum": "0"',
            "cell 'square' has the extra nbgrader metadata checksum",
        ),
        (
            '"grade_id": "square"',
            '"grade_id": "square", "points": 1',
            r"extra nbgrader metadata points \(points belong to graded",
        ),
        (
            '"schema_version": 3, "grade_id": "square"',
            '"schema_version": 2, "grade_id": "square"',
            "schema version 2",
        ),
        (
            '"solution": true, "task": false, "schema_version": 3, "grade_id": "square"',
            '"solution": 1, "task": false, "schema_version": 3, "grade_id": "square"',
            "solution=1 .* write true or false",
        ),
        ('"points": 2}', '"points": 0}', "cell 'square_test' is graded with 0 points"),
        ('"points": 2}', '"points": -1}', "cell 'square_test' is graded with -1 points"),
        (', "points": 2}', "}", "cell 'square_test' is graded but has no points"),
        ('"points": 2}', '"points": "2"}', "cell 'square_test' has the points '2'"),
        ("### END SOLUTION", "", "cell 'square' never closes the region"),
        ("### END SOLUTION", "### BEGIN SOLUTION", "cell 'square' opens a region"),
        ("### BEGIN SOLUTION", "", "cell 'square' has END SOLUTION .* without BEGIN SOLUTION"),
        ("### END HIDDEN TESTS", "", "cell 'square_test' never closes"),
        (
            "import math",
            "# BEGIN SOLUTION\nimport math\n# END SOLUTION",
            r"code cell 2 .* solution region but is no solution cell",
        ),
        (
            "import math",
            "# BEGIN HIDDEN TESTS\nimport math\n# END HIDDEN TESTS",
            "code cell 2 .* is no graded test cell",
        ),
        (
            "import math",
            "# BEGIN MARK SCHEME\nimport math\n# END MARK SCHEME",
            "code cell 2 .* is no locked or task",
        ),
        (
            "# 4.5 points in all.",
            "# 4.5 points in all.\n# BEGIN MARK SCHEME\n# x\n# END MARK SCHEME",
            "no locked or task",
        ),
        (
            "assert square(2) == 4",
            "import math\n# nothing\n'''or this'''",
            "cell 'square_test' shows the student no test",
        ),
        ("assert square(2) == 4", "for _ in range(3):", "cell 'square_test' does not parse"),
        ("import math", "import math math", "code cell 2 .* does not parse"),
        (
            "    ### BEGIN SOLUTION\n",
            "    pass\n  ### BEGIN SOLUTION\n",
            "cell 'square' gives students a stub that does not parse",
        ),
        (
            "# 4.5 points in all.",
            "# Many marks.",
            "does not say how many points there are: write '4.5 points'",
        ),
        ("# 4.5 points in all.", "# 5 points in all.", "says 5 points, but the graded cells add up to 4.5"),
        ("(2 points)", "(1 point)", r"heading 'Part A \(1 point\): square' says 1 points, .* add up to 2"),
        (
            "(2.5 points)",
            "(3 points)",
            r"heading 'Part B \(3 points\): explain' says 3 points, .* add up to 2.5",
        ),
        (
            "# A tiny assignment",
            "# A tiny assignment (4 points)",
            "heading 'A tiny assignment .* add up to 4.5",
        ),
        (
            "# ### BEGIN MARK SCHEME\n# - 1 point for naming both signs\n# ### END MARK SCHEME\n",
            "",
            "cell 'why' is a written answer without",
        ),
        (
            '"grade": true, "locked": false, "solution": true',
            '"grade": false, "locked": false, "solution": true',
            "cell 'why' is a markdown cell with only one of grade and solution",
        ),
        (
            '"solution": true, "task": false, "schema_version": 3, "grade_id": "square"',
            '"solution": false, "task": false, "schema_version": 3, "grade_id": "square"',
            "cell 'square' .* gives it no role",
        ),
        ('[markdown] nbgrader={"grade": true', '[raw] nbgrader={"grade": true', "cell 'why' is a raw cell"),
        (
            '"task": false, "schema_version": 3, "grade_id": "square"',
            '"task": true, "schema_version": 3, "grade_id": "square"',
            "cell 'square' is a task, so it has to be a markdown cell",
        ),
        (
            'nbgrader={"grade": false, "locked": false, "solution": true, "task": false, "schema_version": 3, "grade_id": "square"}',
            'nbgrader="solution"',
            "nbgrader metadata that is no dictionary",
        ),
    ],
)
def test_a_broken_rule_is_refused(tiny_text: str, old: str, new: str, sentence: str) -> None:
    assert old in tiny_text
    with pytest.raises(AssayError, match=sentence):
        check_rules(read_text(tiny_text.replace(old, new)), "source/tiny.py")


def test_a_stub_has_to_raise_not_implemented_error(tiny_text: str) -> None:
    config = Config()
    config.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\nreturn None"}
    assert "stub that does not raise NotImplementedError" in "".join(problems(read_text(tiny_text), config))
    config.ClearSolutions.code_stub = {"python": "raise NotImplementedError"}
    assert problems(read_text(tiny_text), config) == []


def test_a_whole_cell_solution_without_a_region_is_fine(tiny_text: str) -> None:
    whole = tiny_text.replace("    ### BEGIN SOLUTION\n", "").replace("    ### END SOLUTION\n", "")
    assert said(whole) == []


def test_a_rubric_serves_one_written_answer_only(cell_header: Header) -> None:
    rubric = (
        cell_header("[markdown]", locked=True, grade_id="rubric")
        + "\n# Why?\n# BEGIN MARK SCHEME\n# so\n# END MARK SCHEME\n\n"
    )
    answers = [
        cell_header("[markdown]", grade=True, solution=True, grade_id=name, points=1) + "\n# Because.\n\n"
        for name in ("one", "two")
    ]
    found = said(INTRODUCTION + rubric + "".join(answers))
    assert len(found) == 1
    assert found[0].startswith("cell 'two' is a written answer without a rubric")
    assert (
        said(INTRODUCTION + rubric + answers[0] + rubric.replace('"rubric"', '"rubric2"') + answers[1]) == []
    )


def test_a_task_cell_may_hold_its_own_mark_scheme(cell_header: Header) -> None:
    task = (
        cell_header("[markdown]", task=True, grade_id="essay", points=2)
        + "\n# Write.\n# BEGIN MARK SCHEME\n# so\n# END MARK SCHEME\n"
    )
    assert said(INTRODUCTION + task) == []


def test_points_of_nested_headings_add_up_level_by_level(cell_header: Header) -> None:
    def graded(name: str, points: float) -> str:
        return cell_header(grade=True, locked=True, grade_id=name, points=points) + "\nassert name\n\n"

    def headings(*lines: str) -> str:
        return "# %% [markdown]\n" + "".join(f"# {line}\n" for line in lines) + "\n"

    text = (
        headings("# Title (6 points)", "6 points in total", "```", "# not a heading (9 points)", "```")
        + headings("## A (3 points)", "### first (1 point)")
        + graded("a", 1)
        + headings("### second (2 points)")
        + graded("b", 1.5)
        + graded("c", 0.5)
        + headings("## B (3 points)")
        + graded("d", 3)
        + headings("# On your own")
    )
    assert said(text) == []
    assert len(said(text.replace("second (2 points)", "second (1 point)"))) == 1
    assert len(said(text.replace("## A (3 points)", "## A (1 point)"))) == 1

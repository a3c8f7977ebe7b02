"""The pieces of grading that need no kernel: what parts are, what a student may read."""

from __future__ import annotations

from pathlib import Path

import nbformat
from grading_course import cell, master
from nbformat.v4 import new_markdown_cell, new_notebook, new_output

from assay.boxes import NOT_TESTED, message_of
from assay.execute import HANDED_IN, RUN_AGAIN, show_both
from assay.feedback import _clean
from assay.gradebook import read_parts
from assay.verdict import Status, Verdict


def test_parts_are_the_level_two_headings(tmp_path: Path) -> None:
    cells = [
        cell("warm_up", "", grade=True, points=1),
        new_markdown_cell(
            "# Title\n\n## Part A (8 points): *rates*\n\n### Not this\n\n```\n## nor this\n```"
        ),
        cell("a1", "", grade=True, points=1),
        new_markdown_cell("## Part B: momentum"),
        cell("b1", "## an answer's heading", kind="markdown", grade=True, solution=True, points=1),
        new_markdown_cell("---\n## Part A (2 points): more"),
        cell("a2", "", grade=True, points=1),
        new_markdown_cell("## On your own"),
    ]
    nbformat.write(new_notebook(cells=cells), tmp_path / "parts.ipynb")
    assert read_parts(tmp_path / "parts.ipynb") == {"": ["warm_up"], "Part A": ["a1", "a2"], "Part B": ["b1"]}


def test_messages_are_short_and_plain() -> None:
    error = new_output("error", ename="ValueError", evalue="\x1b[31mred\x1b[0m\n\nsecond\nthird" + "x" * 500)
    assert message_of(error) == "ValueError: red\nsecond"
    error = new_output("error", ename="ClaimFailed", evalue="y" * 500)
    assert len(message_of(error)) == 160


def test_outputs_that_only_look_like_verdicts_are_not_shown() -> None:
    """A student's function prints during a hidden test, or raises what looks like a claim."""
    one = next(one for one in master().cells if one.id == "double_doubles")
    one.execution_count = 4
    text = "passed: Two becomes four.\npassed: 77345\n77345\n"
    hidden_line = one.source.split("\n").index("@checks.claim", 2) + 1
    one.outputs = [
        new_output("stream", name="stdout", text=text),
        new_output("display_data", data={"text/html": "77345"}),
        new_output(
            "error",
            ename="ClaimFailed",
            evalue="Two becomes four.\ngot 77345",
            traceback=[f"Cell In[4], line {hidden_line}\n"],
        ),
    ]
    _clean(one, Verdict("double_doubles", 0, 3, Status.FAILED))
    assert [output.text for output in one.outputs] == [
        "passed: Two becomes four.\nfailed: Two becomes four.\n"
    ]
    assert "secret_name" not in one.source


def test_a_cell_that_waits_for_a_person_says_so_and_nothing_else() -> None:
    for verdict in (None, Verdict("double_doubles", None, 3, Status.GRADER_ERROR, "secret_name is broken")):
        one = next(one for one in master().cells if one.id == "double_doubles")
        one.outputs = [new_output("stream", name="stdout", text="passed: Two becomes four.\n")]
        _clean(one, verdict)
        assert [output.text for output in one.outputs] == [f"{NOT_TESTED}\n"]


def test_awards_are_shown_with_their_reasons() -> None:
    one = next(one for one in master().cells if one.id == "double_doubles")
    one.outputs = []
    _clean(one, Verdict("double_doubles", 1, 3, Status.PARTLY, awards=((1.0, "right shape"),)))
    assert [output.text for output in one.outputs] == ["awarded 1: right shape\n"]


def printed(*texts: str) -> list:
    return [new_output("stream", name="stdout", text=text) for text in texts]


def both(before: list, now: list, **roles: object) -> list:
    one = cell("experiment", "train()", **roles)
    one.outputs = now
    show_both(new_notebook(cells=[one]), {one.id: before})
    return one.outputs


def test_who_marks_sees_what_was_handed_in_above_what_grading_gave() -> None:
    picture = new_output("display_data", data={"image/png": "aGVsbG8="})
    shown = both([*printed("0.97\n"), picture], printed("0.11\n"))
    assert [output.get("text", "picture") for output in shown] == [
        HANDED_IN,
        "0.97\n",
        "picture",
        RUN_AGAIN,
        "0.11\n",
    ]


def test_equal_outputs_are_shown_once_however_they_were_cut() -> None:
    assert both(printed("a", "b"), printed("ab")) == printed("ab")


def test_a_cell_that_showed_nothing_when_it_was_handed_in_shows_what_grading_gave() -> None:
    assert both([], printed("0.11\n")) == printed("0.11\n")


def test_a_test_cell_shows_nothing_that_was_handed_in() -> None:
    assert both(printed("passed: all\n"), printed("failed\n"), grade=True, points=1) == printed("failed\n")

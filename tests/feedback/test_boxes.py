"""What a student may read of a test cell, in the cases where something must not be told."""

from __future__ import annotations

from typing import Any

import pytest
from course_cells import cell
from feedback_course import FIXED, HIDDEN_LINE, HIDDEN_SENTENCE, claim, error, failed, hidden, test
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from assay.boxes import OPEN, RUN_IT, OwnLine, Seen, as_text, public_source, seen_in, stopped_at
from assay.feedback import LATER_CELL, show_verdicts
from assay.verdict import Status, Verdict

SENTENCE = "Two becomes four."
VISIBLE = claim("two", SENTENCE, 'checks.close(double(2), 4, "double(2)", hint="times two")')
WITH_HIDDEN = VISIBLE + hidden(claim("others", HIDDEN_SENTENCE, HIDDEN_LINE))
BELOW = 7


def seen(source: str, *outputs: NotebookNode, told: bool = False, status: Status = Status.FAILED, **more: Any) -> Seen:
    one = test("it", 1, source)
    one.outputs, one.execution_count = list(outputs), 9
    notebook, handed_in = more.pop("notebook", ()), more.pop("handed_in", ())
    return seen_in(one, Verdict("it", 0.0, 1.0, status, **more), told, notebook, handed_in)


def hidden_claim(message: str, sentence: str = "It is so.", check: str = "checks.holds(f(7) == 49, {!r})") -> str:
    return VISIBLE + hidden(claim("so", sentence, check.format(message)))


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("double(2): got 5, expected 4 (times two)", ("double(2): 5", "4", "times two", "")),
        ("double(2): got None (is there a return?)", ("double(2): None", "", "is there a return?", "")),
        ("v: got shape (2, 3), expected shape (3, 2)", ("v: shape (2, 3)", "shape (3, 2)", "", "")),
        ("v: got [1] (a list), expected (0.8, -0.2)", ("v: [1] (a list)", "(0.8, -0.2)", "", "")),
        ("v: got 'a', choose one of 'b', 'c'", ("v: 'a'", "one of 'b', 'c'", "", "")),
        ("v: got 0.3, expected at least 0.9 (is the rate right?)", ("v: 0.3", "at least 0.9", "is the rate right?", "")),
        ("the order is another one (draw it from rng)", ("", "", "draw it from rng", "the order is another one")),
        ("it is not so", ("", "", "", "it is not so")),
        ("a\nb", ("", "", "", "a\nb")),
    ],
)
def test_a_message_is_taken_apart_where_it_has_the_usual_form(message: str, expected: tuple[str, ...]) -> None:
    found = seen(VISIBLE, failed(SENTENCE, message))
    assert (found.got, found.expected, found.slip, found.details) == expected
    assert found.checked == SENTENCE
    assert as_text(found) == f"failed: {SENTENCE}\n{message}\n"


def test_a_visible_claim_below_a_hidden_test_gives_no_value_of_the_grader_s_run() -> None:
    found = seen(VISIBLE, failed(SENTENCE, "double(2): got 77345, expected 4 (times two)"), told=True)
    assert (found.checked, found.details) == (SENTENCE, RUN_IT)
    assert "77345" not in repr(found)


def test_the_student_s_own_run_counts_only_when_it_failed_at_the_same_claim() -> None:
    grading = failed(SENTENCE, "double(2): got 77345, expected 4")
    for own in (failed("Another one.", "got 1"), error("TypeError", "own"), new_output("stream", name="stdout", text="x")):
        assert seen(VISIBLE, grading, told=True, handed_in=[own]).details == RUN_IT
    found = seen(VISIBLE, grading, told=True, handed_in=[failed(SENTENCE, "double(2): got 3, expected 4")])
    assert (found.own_run, found.got, found.expected) == (True, "double(2): 3", "4")
    assert not seen(VISIBLE, grading, handed_in=[failed(SENTENCE, "x: got 3, expected 4")]).own_run


def test_an_error_below_a_hidden_test_gives_its_kind_and_the_words_of_the_student_s_own_run() -> None:
    raised = error("TypeError", "saw 77345")
    assert seen(VISIBLE, raised, told=True).details == f"TypeError {RUN_IT}"
    found = seen(VISIBLE, raised, told=True, handed_in=[error("TypeError", "no + of int and str", count=3)])
    assert (found.own_run, found.details) == (True, "TypeError: no + of int and str")
    assert seen(VISIBLE, raised, told=True, handed_in=[error("ValueError", "x")]).details == f"TypeError {RUN_IT}"
    assert "77345" not in repr(found)


def test_an_open_answer_is_said_to_be_open_wherever_it_stands() -> None:
    for told in (False, True):
        found = seen(VISIBLE, error("NotImplementedError", f"{SENTENCE}\n{OPEN}"), told=told, status=Status.NOT_ANSWERED)
        assert found.details == OPEN


def test_a_hidden_claim_gives_its_sentence_only() -> None:
    message = "a number nobody told: got 0, expected 154690 (twice the number)"
    found = seen(WITH_HIDDEN, failed(HIDDEN_SENTENCE, message, line=BELOW))
    assert as_text(found) == f"failed: {HIDDEN_SENTENCE}\n"
    assert (found.got, found.expected, found.slip, found.details) == ("", "", "", "")


def test_a_message_that_an_author_fixed_without_a_value_is_given() -> None:
    found = seen(hidden_claim(FIXED), failed("It is so.", FIXED, line=BELOW))
    assert (found.details, found.slip) == ("the shape is that of the input, transposed", "keep the order of the axes")


@pytest.mark.parametrize(
    ("message", "sentence", "check"),
    [
        ("the result for 7 is 49", "It is so.", "checks.holds(f(7) == 49, {!r})"),
        ("no 3rd axis is there", "It is so.", "checks.holds(f(7) == 49, {!r})"),
        ("it is not glorot here", "It is so.", 'checks.holds(f("glorot") == 49, {!r})'),
        # Made while grading: it could hold anything, even what another claim's author wrote.
        ("got what was asked", "It is so.", 'checks.holds(f(7) == 49, "got " + text)'),
        ("said elsewhere", "It is so.", 'checks.holds(f(7) == 49, "another message")'),
    ],
)
def test_a_message_that_could_carry_a_value_is_not_given(message: str, sentence: str, check: str) -> None:
    found = seen(hidden_claim(message, sentence, check), failed(sentence, message, line=BELOW))
    assert as_text(found) == f"failed: {sentence}\n"


def test_a_number_that_the_sentence_has_may_stand_in_the_message() -> None:
    message = "statement 1: think of what it is for"
    found = seen(hidden_claim(message, "Statement 1 is judged rightly."), failed("Statement 1 is judged rightly.", message, line=BELOW))
    assert found.details == message


def test_what_a_student_s_code_raises_in_a_hidden_test_is_an_error_and_no_more() -> None:
    own = new_code_cell("def double(x):\n    raise Saw(x)")
    told = error("Saw77345", "saw 77345", "In the student's code:\ncell, line 2, in double: raise Saw(x)", line=BELOW)
    found = seen(WITH_HIDDEN, told, notebook=[own])
    assert "77345" not in repr(found)
    assert (found.checked, found.own_lines) == (HIDDEN_SENTENCE, ())
    assert seen(WITH_HIDDEN, error("TypeError", "77345", line=BELOW)).details.endswith("TypeError")


def test_a_line_of_a_traceback_is_shown_only_where_it_was_handed_in() -> None:
    own = [cell("locked", "secret = 77345", locked=True), new_code_cell("x = 1\ny = x + 'a'")]
    lines = "In the student's code:\ncell, line 2, in <module>: y = x + 'a'\ncell, line 1, in f: secret = 77345\ncell, line 9, in f: made up"
    found = seen(VISIBLE, error("TypeError", "no", lines), notebook=own)
    assert found.own_lines == (OwnLine(2, 2, "y = x + 'a'"),)


def test_a_hidden_part_of_plain_asserts_is_said_to_be_one() -> None:
    found = seen("assert f(1)\n" + hidden('assert f(77345), "f of 77345"\n'), error("AssertionError", "f of 77345", line=3))
    assert "77345" not in repr(found)
    assert found.checked == ""
    assert found.details.endswith("you do not see. (AssertionError)")


def test_a_damaged_region_shows_too_little_rather_than_too_much() -> None:
    assert public_source("a\n### BEGIN HIDDEN TESTS\nb") == "a"


def test_where_a_cell_stopped_is_its_own_line_and_a_known_kind_of_error() -> None:
    one = new_code_cell("x = 1\nraise Odd(x)", execution_count=3)
    one.outputs = [error("Odd77345", "77345", line=2, count=3)]
    stop = stopped_at(one, 4)
    assert stop is not None
    assert (stop.kind, stop.line) == ("an error", OwnLine(4, 2, "raise Odd(x)"))
    assert stopped_at(new_code_cell("x"), 1) is None


def graded(*cells: NotebookNode, incidents: tuple[str, ...] = (), verdicts: tuple[Verdict, ...] = ()) -> NotebookNode:
    noted = {"incidents": list(incidents), "verdicts": [verdict.as_json() for verdict in verdicts]}
    return new_notebook(cells=list(cells), metadata={"assay": noted})


def test_below_a_hidden_test_no_cell_of_the_student_s_making_is_named() -> None:
    """With many cells of which each may end its kernel or not, a student could read a hidden input off their names."""
    cells = [new_code_cell("a"), test("it", 1, WITH_HIDDEN), cell("late", "b", solution=True), new_code_cell("c"), new_code_cell("d")]
    incidents = ("Cell 1 ended its kernel.", "Cell 4 ended its kernel.", "The cell late did not end in time.", "Cell 5 did not end in time.")
    page = show_verdicts(graded(*cells, incidents=incidents), [], "ada", "a")
    assert [(message.place, message.text.split(":")[0]) for message in page.messages] == [
        (1, "Your kernel died in cell 1"),
        (3, "Your cell 3 (Late) did not end in time and was stopped."),
        (None, LATER_CELL.split(":")[0]),
    ]


def test_below_a_hidden_test_no_cell_says_where_it_stopped() -> None:
    above, below = (new_code_cell("1 / 0", execution_count=3) for _ in range(2))
    for one in (above, below):
        one.outputs = [error("ZeroDivisionError", "x", count=3)]
    page = show_verdicts(graded(above, test("it", 1, WITH_HIDDEN), below), [], "ada", "a")
    assert page.stops is not None
    assert list(page.stops) == [1]


def test_an_incident_of_the_grader_s_gives_no_word_of_what_it_said() -> None:
    incidents = ("it: The test itself is at fault: 77345", "The course's own cell setup failed in the grader: 77345", "something new: 77345")
    page = show_verdicts(graded(cell("setup", "x", locked=True), incidents=incidents), [], "ada", "a")
    assert "77345" not in repr(page)
    assert [message.place for message in page.messages] == [1]

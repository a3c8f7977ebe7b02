"""The scan for leaks sees each of them, and nothing where there is none."""

from __future__ import annotations

import html

import pytest
from course_cells import cell
from feedback_scan import leaks, secrets_of, text_of_submission
from nbformat.v4 import new_code_cell, new_notebook

from assay.boxes import public_source

TEST = '''@checks.claim
def two():
    """Two becomes four."""
    checks.close(double(2), 4, "double(2)", hint="times two")


### BEGIN HIDDEN TESTS
@checks.claim
def others():
    """Doubling works for other numbers."""
    for number in (3.1415, 77345):
        checks.close(double(number), 2 * number, "double of a number", hint="times two, always")
    checks.holds(double("ab") == "abab", "a string is doubled, too (do not turn it into a number)")
    assert double(None) is not NotImplemented, f"got {double(None)}"
### END HIDDEN TESTS
'''
RUBRIC = "One point for a reason that names the slope of the curve, half a point for its sign alone."
MASTER = new_notebook(
    cells=[
        cell("question", f"Why?\n\n### BEGIN MARK SCHEME\n{RUBRIC}\n### END MARK SCHEME", kind="markdown", locked=True),
        cell("double", "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION", solution=True),
        cell("double_doubles", TEST, grade=True, locked=True, points=1),
    ]
)
SECRETS = secrets_of(MASTER)
HARMLESS = "<html><head><style>p { width: 77345px }</style></head><body><p>Doubling works for other numbers.</p><p>times two, always</p>"
HARMLESS += "<p>a string is doubled, too (do not turn it into a number)</p><p>Two becomes four.</p><pre>TEST</pre>"


def page(*shown: str) -> str:
    test = html.escape(public_source(MASTER.cells[2].source))
    return HARMLESS.replace("TEST", test) + "".join(shown) + "</body></html>"


def test_a_page_with_visible_tests_sentences_and_messages_holds_no_secret() -> None:
    assert leaks(page(), SECRETS) == []


@pytest.mark.parametrize(
    "line",
    [
        "    for number in (3.1415, 77345):",
        '        checks.close(double(number), 2 * number, "double of a number"',
        "assert double(None) is not NotImplemented",
        RUBRIC,
        "a reason that names the slope of the curve",
    ],
)
def test_a_leaked_line_is_seen_however_it_is_written(line: str) -> None:
    as_code = "".join(f"<span class='n'>{html.escape(part)}</span> " for part in line.split(" "))
    for shown in (f"<pre>{html.escape(line)}</pre>", as_code, f"<p title='{html.escape(line)}'>x</p>", f"<!-- {line} -->"):
        assert any(found.startswith("words of a hidden line") for found in leaks(page(shown), SECRETS)), shown


def test_the_end_of_a_leaked_line_is_enough() -> None:
    assert leaks(page("<p>close(double(number), 2 * number</p>"), SECRETS)


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        ("got 77345", "a number of a hidden test: 77345"),
        ("got 77345.0", "a number of a hidden test: 77345"),
        ("got 7.7345e4", "a number of a hidden test: 77345"),
        ("got -77_345", "a number of a hidden test: 77345"),
        ("[1, 3.1415]", "a number of a hidden test: 3.1415"),
        ("<b>double of</b> a number", "a string of a hidden test: double of a number"),
    ],
)
def test_a_leaked_literal_is_seen(shown: str, found: str) -> None:
    assert leaks(page(f"<p>{shown}</p>"), SECRETS) == [found]


def test_what_the_student_handed_in_is_no_secret() -> None:
    own = new_notebook(cells=[new_code_cell("for number in (3.1415, 77345):\n    print(double(number))")])
    shown = "<pre>for number in (3.1415, 77345):</pre>"
    assert leaks(page(shown), SECRETS)
    assert leaks(page(shown), SECRETS, [text_of_submission(own)]) == []


def test_numbers_that_any_page_holds_are_none() -> None:
    assert leaks(page("<p>2 / 4 points, line 12, 50 %</p>"), SECRETS) == []


def test_an_index_is_none_though_a_hidden_list_has_the_same_digits() -> None:
    source = TEST.replace("double(None) is", "double([1, 0, 0, 0]) is")
    secrets = secrets_of(new_notebook(cells=[cell("t", source, grade=True, locked=True, points=1)]))
    assert leaks("<p>x[1, 0, 0, 0]: 0.85</p>", secrets) == []
    assert leaks("<p>double([1, 0, 0, 0])</p>", secrets)


def test_a_message_with_a_number_in_it_is_a_secret() -> None:
    source = TEST.replace("do not turn it into a number", "the result for 12 is 24")
    secrets = secrets_of(new_notebook(cells=[cell("t", source, grade=True, locked=True, points=1)]))
    assert leaks("<p>a string is doubled, too (the result for 12 is 24)</p>", secrets)

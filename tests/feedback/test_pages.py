"""What a page of feedback says and holds: every kind of box, comments, penalties, headings in order, nothing that loads or runs."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup, Tag
from feedback_course import FIXED, HIDDEN_LINE, HIDDEN_SENTENCE, RUBRIC, master
from feedback_scan import leaks, secrets_of
from nbformat.v4 import new_code_cell, new_notebook

from assay.boxes import CANNOT_READ, GRADER_BROKE, NOT_MARKED, NOT_RUN
from assay.feedback import FeedbackExporter

pytestmark = pytest.mark.xdist_group("feedback")


@pytest.fixture(scope="module")
def soup(page: str) -> BeautifulSoup:
    return BeautifulSoup(page, "html.parser")


def box(soup: BeautifulSoup, name: str) -> Tag:
    """The box of a cell, by its grade id."""
    words = name.replace("_", " ").capitalize()
    found = [one for one in soup.select("section.box") if said(one.select_one(".box-title")) == words]
    assert len(found) == 1, name
    return found[0]


def said(element: Tag | None) -> str:
    assert element is not None
    return " ".join(element.get_text(" ").split())


def parts(one: Tag) -> dict[str, str]:
    return {said(each.dt): said(each.dd) for each in one.select("dl.failure > div")}


STATES = {
    "it_passes": ("passed", "1 / 1 point"),
    "it_fails": ("not passed", "0 / 1 point"),
    "it_raises": ("not passed", "0 / 1 point"),
    "it_is_open": ("not answered", "0 / 1 point"),
    "it_is_stuck": ("timed out", "0 / 1 point"),
    "it_dies": ("your kernel died", "0 / 1 point"),
    "it_is_partly_right": ("partly passed", "1 / 2 points"),
    "the_grader_broke": ("the grader broke", "– / 1 point"),
    "it_cannot_be_taken_in": ("could not be marked", "– / 1 point"),
    "it_was_not_run": ("the grader broke", "– / 1 point"),
    "a_person_marked_it": ("marked by a person", "1.5 / 2 points"),
    "a_person_marked_it_before": ("waits for a person", "1 / 2 points"),
    "it_fails_where_nobody_sees": ("not passed", "0 / 3 points"),
    "it_waits": ("waits for a person", "– / 2 points"),
    "it_is_marked": ("marked by a person", "1 / 2 points"),
    "nobody_answered": ("not answered", "0 / 1 point"),
    "code_by_a_person": ("marked by a person", "2 / 2 points"),
    "a_task": ("waits for a person", "– / 1 point"),
}


@pytest.mark.parametrize("name", STATES)
def test_each_box_says_its_state_and_points(soup: BeautifulSoup, name: str) -> None:
    label, points = STATES[name]
    assert said(box(soup, name).select_one(".marks")).split(" ", 1)[1] == f"{label} {points}"


def test_the_list_at_the_top_has_every_box_with_its_state_and_a_link(soup: BeautifulSoup) -> None:
    entries = {said(one.a): (one.a["href"], said(one.select_one(".state"))[2:]) for one in soup.select("nav .cells li") if one.select(".state")}  # fmt: skip
    assert len(entries) == len(soup.select("section.box")) == 21
    for name, (label, _) in STATES.items():
        link, state = entries[name.replace("_", " ").capitalize()]
        assert link == f"#{box(soup, name)['id']}"
        assert state == label


def test_what_was_seen_expected_and_the_likely_slip_are_told_apart(soup: BeautifulSoup) -> None:
    assert parts(box(soup, "it_fails")) == {
        "What was checked": "Two becomes four.",
        "What was seen": "double(2): 5",
        "What was expected": "4",
        "The likely slip": "times two",
    }
    assert [said(one) for one in box(soup, "it_passes").select(".claims li")] == ["✓ Holds: Two becomes four."]


def test_an_error_of_the_student_s_shows_the_student_s_own_lines(soup: BeautifulSoup) -> None:
    found = parts(box(soup, "it_raises"))
    assert found["What was seen"] == "TypeError: no + of int and str"
    assert found["Your lines on the way there"] == "cell 4 , line 6: return helper(x) cell 4 , line 2: return x + 'a'"
    assert [link["href"] for link in box(soup, "it_raises").select("dd a")] == ["#cell-4", "#cell-4"]
    assert said(soup.select_one("#cell-7 .stop")) == (
        "When it was graded, this cell stopped with ZeroDivisionError. cell 7 , line 1: 1 / 0"
    )


def test_the_line_of_a_plain_assert_is_what_was_checked(soup: BeautifulSoup) -> None:
    assert parts(box(soup, "plain_asserts"))["What was checked"] == "assert double(0) == 0"


def test_what_is_not_the_answer_s_fault_is_said_as_such(soup: BeautifulSoup) -> None:
    assert GRADER_BROKE in said(box(soup, "the_grader_broke"))
    assert CANNOT_READ in said(box(soup, "it_cannot_be_taken_in"))
    assert NOT_RUN in said(box(soup, "it_was_not_run"))
    assert GRADER_BROKE not in said(box(soup, "a_person_marked_it"))
    assert "A person gave 1, the machine 2." in said(box(soup, "a_person_marked_it_before"))
    assert NOT_MARKED in said(box(soup, "it_waits"))
    assert "The answer did not return within 3 s and was stopped." in said(box(soup, "it_is_stuck"))


def test_partial_credit_gives_its_reasons(soup: BeautifulSoup) -> None:
    assert [said(one) for one in box(soup, "it_is_partly_right").select(".claims li")] == ["+1: right shape"]


def test_a_hidden_claim_gives_its_sentence_and_no_value(soup: BeautifulSoup) -> None:
    assert parts(box(soup, "it_fails_where_nobody_sees")) == {"What was checked": HIDDEN_SENTENCE}


def test_a_hidden_claim_gives_a_message_that_its_author_fixed_without_a_value(soup: BeautifulSoup) -> None:
    seen, slip = FIXED.removesuffix(")").split(" (")
    assert parts(box(soup, "a_fixed_message")) == {
        "What was checked": "The shape is right.",
        "What was seen": seen,
        "The likely slip": slip,
    }


def test_below_a_hidden_test_the_student_s_own_run_is_shown_and_not_the_grader_s(soup: BeautifulSoup) -> None:
    found = parts(box(soup, "it_fails_further_down"))
    assert found["What you saw when you ran it last"] == "double(2): 3"
    assert found["The likely slip"] == "times two"
    assert "What was seen" not in found


def test_a_box_leads_to_the_course_s_heading_above_it_and_not_to_the_student_s(soup: BeautifulSoup) -> None:
    link = box(soup, "it_fails").select_one(".links a")
    assert link is not None
    assert (said(link), link["href"]) == ("A1: write `double`".replace("`", ""), "#cell-3")
    assert soup.select_one("#cell-3") is not None


def test_the_top_tells_points_by_part_the_penalty_repairs_and_incidents(soup: BeautifulSoup) -> None:
    header = said(soup.header)
    assert "6 of 29 points so far: up to 8 more wait for a person." in header
    assert "Late submission penalty: 1.5 points are taken off already." in header
    assert "Your notebook was repaired before it was marked The cell it_passes was missing; it was put back." in header
    assert "Your cell 4 (Double) did not end in time and was stopped." in header
    assert "Your kernel died in cell 5:" in header
    assert "Your kernel died when “It dies” was tested." in header
    assert "The grader broke on “The grader broke”." in header
    rows = [[said(cell) for cell in row.find_all(["th", "td"])] for row in soup.select(".sums tr")]
    assert rows == [
        ["Part", "By machine", "By a person", "Waiting"],
        ["Part A", "4.5 / 21", "–", "5"],
        ["Part B", "–", "3 / 8", "3"],
        ["Sum", "4.5 / 21", "3 / 8", "8"],
    ]


def test_the_other_notebooks_of_the_assignment_are_named(soup: BeautifulSoup) -> None:
    assert [(said(one), one["href"]) for one in soup.header.select('a[href$=".html"]')] == [("another one", "another%20one.html")]


def test_comments_of_a_person_stay_with_their_formulas(soup: BeautifulSoup) -> None:
    marked = box(soup, "it_is_marked").select_one(".comment")
    assert marked is not None
    assert marked.strong is not None
    assert marked.math is not None
    # On a cell without points, too.
    assert "Mind the type." in said(soup.select_one("#comment-4"))
    assert soup.select('nav a[href="#comment-4"]')


def test_nothing_of_hidden_tests_rubrics_and_what_grading_put_out_is_on_the_page(page: str) -> None:
    for secret in (HIDDEN_LINE, RUBRIC, "77345", "154690", "x_hidden", "secret_of_the_grader", "printed while grading", "Traceback", "BEGIN "):
        assert secret not in page
    assert leaks(page, secrets_of(master())) == []


def test_outputs_are_those_that_were_handed_in_with_their_descriptions(soup: BeautifulSoup) -> None:
    shown = soup.select_one("#cell-6")
    assert shown is not None
    assert [image["alt"] for image in shown.select("img")] == ["A blue bar, twice as wide as high.", "A picture without a description."]
    assert "own mistake" in said(shown)
    assert shown.select("table td") and shown.math is not None
    assert "\x1b" not in shown.get_text()


def test_pictures_stand_in_the_page_or_are_named(soup: BeautifulSoup) -> None:
    notes = soup.select_one("#cell-5")
    assert notes is not None
    assert [image["src"][:22] for image in notes.select("img")] == ["data:image/png;base64,"]
    assert "[picture: gone]" in said(notes)


def test_headings_have_no_gaps_and_ids_are_there_once(soup: BeautifulSoup) -> None:
    levels = [int(heading.name[1]) for heading in soup.find_all(re.compile("h[1-6]"))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below <= above + 1 for above, below in zip(levels, levels[1:], strict=False))
    ids = [element["id"] for element in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))
    assert [link["href"] for link in soup.select('a[href^="#"]') if not soup.find(id=link["href"][1:])] == []


def test_the_page_has_its_language_landmarks_and_a_way_past_the_marks(soup: BeautifulSoup) -> None:
    assert soup.html["lang"] == "en"
    assert [len(soup.find_all(name)) for name in ("header", "nav", "main", "footer")] == [1, 1, 1, 1]
    skip = soup.body.find("a")
    assert skip["href"] == f"#{soup.main['id']}"


def test_nothing_on_the_page_runs_or_loads(soup: BeautifulSoup) -> None:
    policy = soup.select_one('meta[http-equiv="Content-Security-Policy"]')["content"]
    assert policy.startswith("default-src 'none'; img-src data:;")
    assert soup.find_all(["script", "link", "iframe", "object", "embed", "base", "form"]) == []
    for element in soup.find_all(True):
        assert not [name for name in element.attrs if name.startswith("on")]
        assert str(element.get("src", "data:")).startswith("data:")
    assert "url(" not in str(soup.style)


def test_code_stands_where_it_was_whatever_it_holds() -> None:
    notebook = new_notebook()
    sources = ['x = "</pre><script>1</script>"', "y = 0  # \\1 \\g<0> 0-0;", "print(x, y)"]
    notebook.cells = [new_code_cell(source) for source in sources]
    text, _ = FeedbackExporter().from_notebook_node(notebook)
    shown = BeautifulSoup(text, "html.parser").select(".highlight")
    assert [one.get_text().strip() for one in shown] == sources
    assert all(one.select("span") for one in shown)

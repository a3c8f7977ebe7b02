"""Formulas become MathML without a browser's help; hostile ones become text, and cost nobody much time."""

from __future__ import annotations

import re
from time import process_time

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.course import Course
from assay.formulas import ATTRIBUTES, ELEMENTS, MOST_CHARACTERS, MOST_OF_A_PAGE, Formulas
from course_copies import ROOT

COMMANDS = ["\\frac", "\\sqrt", "\\text", "\\href", "\\style", "\\class", "\\left", "\\right", "\\begin", "\\end", "\\color", "\\not", "\\over", "\\sum", "\\limits", "{", "}", "[", "]", "^", "_", "&", "\\\\", "'", "<", "&lt;", "a", "1", " ", "$", "%", "\\verb|", "{matrix}", "\\substack", "\\mathbb"]  # fmt: skip


def formula(tex: str, display: bool = False) -> str:
    return Formulas().formula(tex, display=display)


def markup(text: str) -> list[tuple[str, str]]:
    return re.findall(r"<([a-z]+)((?: [^<>]*)?)>", text)


def test_a_formula_is_mathml_with_its_tex_beside_it() -> None:
    found = formula(r"\eta > \frac{2}{\lambda}")
    assert found.startswith('<math class="formula" display="inline"')
    assert re.sub("</?mrow>", "", found).count("<mfrac><mn>2</mn><mi>λ</mi></mfrac>") == 1
    assert '<annotation encoding="application/x-tex">\\eta &gt; \\frac{2}{\\lambda}</annotation>' in found
    assert formula("x", display=True).startswith('<span class="display" tabindex="0"><math')


def test_a_prime_is_not_raised_twice() -> None:
    assert '<mrow><mi>L</mi><mo lspace="0" rspace="0">′</mo></mrow>' in formula("L'")


@pytest.mark.parametrize("assignment", Course.at(ROOT).assignments())
def test_every_formula_of_the_course_is_drawn(assignment: str) -> None:
    from assay.feedback import FeedbackExporter

    notebook = nbformat.read(ROOT / "release" / assignment / f"{assignment}.ipynb", as_version=4)
    notebook.cells = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    page, _ = FeedbackExporter().from_notebook_node(notebook, {"nbgrader": {"notebook": assignment}})
    assert page.count("<math ") > 3
    assert 'class="tex"' not in page
    assert not re.search(r"\\(?:frac|theta|sum|mathrm|begin)", re.sub("<annotation.*?</annotation>", "", page, flags=re.DOTALL))


@pytest.mark.parametrize(
    "tex",
    [r"\text{<script>alert(1)</script>}", r"\text{&lt;img src=x onerror=alert(1)&gt;}", r"\href{javascript:alert(1)}{x}",
     r"\style{background:url(http://canary.invalid)}{x}", r"\class{box}{x}", r"\color{red;background:url(x)}{x}", r"\verb|<b>|"],
)  # fmt: skip
def test_tex_that_acts_elsewhere_becomes_harmless(tex: str) -> None:
    for found in (formula(tex), formula(tex, display=True)):
        shown = re.sub("<annotation.*?</annotation>", "", found)
        assert "href" not in shown
        assert "style=" not in shown
        assert {tag for tag, _ in markup(found)} <= ELEMENTS | {"span", "code"}


@given(st.lists(st.sampled_from(COMMANDS), max_size=40).map("".join))
@settings(max_examples=300, deadline=None)
def test_any_tex_gives_allowed_elements_or_text(tex: str) -> None:
    for tag, attributes in markup(formula(tex)):
        assert tag in ELEMENTS | {"code"}
        names = set(re.findall(r'([\w-]+)="', attributes))
        assert names <= ATTRIBUTES | {"class", "xmlns", "encoding"}


@pytest.mark.parametrize("tex", [r"\frac{1", r"\def\a{\a\a}\a", r"\newcommand{\x}{y}\x", "{" * 100 + "}" * 100, "x" * (MOST_CHARACTERS + 1), ""])
def test_what_cannot_or_should_not_be_converted_is_shown_as_it_was_written(tex: str) -> None:
    found = formula(tex)
    assert found.startswith(('<code class="tex">', "<math"))
    if "\\def" in tex or "newcommand" in tex or len(tex) > 100:
        assert found.startswith('<code class="tex">')


@pytest.mark.parametrize("tex", ["'" * 1400, "a^b_c" * 290, "&" * 1400, r"\text{" + "a" * 1400, "-1." * 480, "\\\\" * 700, "\\sqrt" * 280])
def test_no_formula_takes_long(tex: str) -> None:
    begin = process_time()
    formula(tex)
    assert process_time() - begin < 2


def test_a_page_converts_so_many_formulas_and_shows_the_others_as_tex() -> None:
    formulas = Formulas()
    found = [formulas.formula("x" * 1000) for _ in range(MOST_OF_A_PAGE // 1000 + 1)]
    assert found[0].startswith("<math")
    assert found[-1].startswith("<code")
    formulas.begin()
    assert formulas.formula("x" * 1000).startswith("<math")


def test_formulas_in_a_text_are_found_between_their_dollars() -> None:
    found = Formulas().in_text("a < b, $x$ and $$y$$ and \\begin{equation}z\\end{equation}, \\$5")
    assert found.startswith("a &lt; b, <math")
    assert found.count("<math ") == 3
    assert found.endswith(", \\$5")

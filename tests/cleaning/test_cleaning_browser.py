import re

import hostile_pages
import nbformat
import pytest
import shown_pages
from hostile_pages import FILES, PAGES, elements, reading, signs_in_browser
from nbconvert.filters.markdown_mistune import InvalidNotebook

from assay.cleaning import clean_notebook
from assay.formulas import FORMULA_CLASS

NAMES = [path.stem for path in FILES]
# What these do shows only where MathJax is loaded from its server, or by how much memory the browser takes.
NO_SIGN_OFFLINE = {"latex_links", "giant_pictures"}
# These nbconvert escapes by itself today; cleaning does not rely on it.
ESCAPED_BY_NBCONVERT = {"traceback_names", "raw_cells"}
SOURCE = re.compile(r"data:image/(png|jpeg|gif|svg\+xml);base64,|[\w/-]+\.(png|jpe?g|gif)$")
MACRO = re.compile(r"\\(href|style|class|cssId|require|unicode|mmlToken)\b")
ACTING = {
    "script",
    "style",
    "iframe",
    "object",
    "embed",
    "form",
    "input",
    "button",
    "meta",
    "link",
    "base",
    "svg",
} | {
    *(
        "math",
        "video",
        "audio",
        "source",
        "template",
        "textarea",
        "noscript",
        "frame",
        "frameset",
        "applet",
        "area",
    ),
}
needs_chromium = pytest.mark.skipif(
    shown_pages.CHROMIUM is None, reason="There is no Chromium on this machine to show the pages in."
)


@pytest.fixture(scope="session")
def notebooks():
    return hostile_pages.run_all()


def test_every_hostile_file_says_what_it_tries():
    assert len(FILES) >= 12
    for path in FILES:
        assert reading.purpose(path).endswith(".")
        assert reading.hostile_cells(path)


def acting(found):
    """The elements that can act. A formula that the page's own converter wrote bears a class, which no HTML of a submission keeps."""
    return sorted(
        tag
        for tag, attributes in found
        if tag in ACTING and (tag, attributes.get("class")) != ("math", FORMULA_CLASS)
    )


def complaints(page, notebook):
    """What a page holds that could act, beyond what it holds for the same notebook without the student's part."""
    bare = nbformat.from_dict(clean_notebook(notebook))
    for cell in bare.cells:
        cell.source = ""
        cell.pop("attachments", None)
        if cell.cell_type == "code":
            cell.outputs = []
    own, _ = elements(page(bare))
    found, text = elements(page(notebook))
    said = []
    if acting(found) != acting(own):
        said.append("an element that acts")
    for tag, attributes in found:
        if (tag, attributes) in own:
            continue
        said += [name for name in attributes if name.startswith(("on", "data-"))]
        said += {"srcset", "background", "action", "formaction", "srcdoc", "name"} & attributes.keys()
        if "src" in attributes and not (tag == "img" and SOURCE.match(attributes["src"] or "")):
            said.append(f"src {attributes['src']}")
        if not re.match(r"(https?://|mailto:|#)", attributes.get("href", "#")):
            said.append(f"href {attributes['href']}")
        if "url(" in attributes.get("style", ""):
            said.append(f"style {attributes['style']}")
        if attributes.get("id") in {"statusmessage", "notebook", "MathJax", "p"}:
            said.append(f"id {attributes['id']}")
        if set(attributes.get("class", "").split()) & {"full-credit", "navbar-fixed-top", "nbgrader_cell"}:
            said.append(f"class {attributes['class']}")
    if MACRO.search(text):
        said.append("a macro of MathJax")
    return said


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_cleaned_page_holds_nothing_that_acts(notebooks, name, page):
    assert complaints(PAGES[page], clean_notebook(notebooks[name])) == []


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"traceback_names", "giant_pictures"}))
def test_the_same_page_holds_something_that_acts_without_cleaning(notebooks, name):
    try:
        said = complaints(PAGES["formgrader"], notebooks[name])
    except (IndexError, RecursionError, StopIteration, InvalidNotebook, nbformat.ValidationError):
        said = ["There is no page at all: nobody could mark this submission."]
    assert said


@pytest.mark.parametrize("name", NAMES)
def test_cleaning_twice_gives_what_cleaning_once_gives(notebooks, name):
    once = clean_notebook(notebooks[name])
    assert clean_notebook(once) == once


@pytest.mark.parametrize("name", NAMES)
def test_a_cleaned_notebook_is_valid_and_can_be_written(notebooks, name, tmp_path):
    clean = clean_notebook(notebooks[name])
    nbformat.validate(clean)
    nbformat.write(clean, tmp_path / "clean.ipynb")
    for page in PAGES.values():
        page(clean).encode("utf-8")


@needs_chromium
@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", NAMES)
def test_nothing_happens_in_a_browser_after_cleaning(notebooks, name, page):
    assert signs_in_browser(PAGES[page], clean_notebook(notebooks[name])) == []


@needs_chromium
@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [name for name in NAMES if name not in NO_SIGN_OFFLINE | ESCAPED_BY_NBCONVERT]
)
def test_the_same_cells_do_act_without_cleaning(notebooks, name):
    assert signs_in_browser(PAGES["formgrader"], notebooks[name])


@needs_chromium
def test_the_browser_of_these_tests_sees_a_script_and_a_request():
    html = "<html><head></head><body><script>__pwned('seen')</script><img src='http://canary.invalid/a'></body></html>"
    watched, _ = shown_pages.show(html)
    assert watched.pwned == "seen"
    assert watched.requests == ["canary.invalid/a"]

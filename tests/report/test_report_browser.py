"""The report in Chromium: nothing of a student's runs, nothing is asked of anybody, and everybody can read it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from nbformat.v4 import new_code_cell
from synthetic_class import Made, SyntheticCourse, large_class, master_of

from assay.report import write_reports

pytestmark = pytest.mark.xdist_group("report")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PAGES = ["index.html", "tiny.html"]
CANARY = "window.__pwned = (window.__pwned || 0) + 1"
#: What each may try that a student writes: a name, a message, a line of code, the name of a file.
HOSTILE = [
    f"<script>{CANARY}</script>",
    f'"><img src=x onerror="{CANARY}">',
    f"'><svg onload='{CANARY}'>",
    f"</title></style></script><script>{CANARY}</script>",
    f'" onmouseover="{CANARY}" autofocus onfocus="{CANARY}" x="',
    f"<iframe srcdoc='<script>parent.{CANARY}</script>'></iframe>",
    "<base href='https://example.invalid/'><link rel=stylesheet href=https://example.invalid/a.css>",
    "<img src=https://example.invalid/a.png><a href='javascript:alert(1)'>a</a>",
    "{{ 7 * 7 }}{% raw %}",
    "$\\frac{1}{0}$ & ]]> <!-- \u202eabc",
]


def hostile_class() -> list[Made]:
    made = []
    for place, text in enumerate(HOSTILE):
        code = f"import gc; x = {text!r}"
        made.append(
            Made(
                f"s{place} {text}".replace("/", "\u2044"),
                text,
                text,
                text,
                statuses={
                    "a": ("failed", f"{text}\ngot {place}, expected {text}"),
                    "b": ("grader error", text),
                },
                sources={"a_answer": code},
                noted={
                    "repairs": [f"Left out, since each is a symbolic link and no file: {text}."],
                    "incidents": [f"Cell {text} did not end in time."],
                    "isolation": text,
                    "versions": {text: text},
                    "seconds": 1.0 + place,
                },
                extra_cells=[new_code_cell(f"import ctypes  # {text}")],
            )
        )
    return made


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of a hostile class, and beside them one of 300 students."""
    synthetic = SyntheticCourse(tmp_path_factory.mktemp("hostile") / "course")
    names = {'Part <b>A</b> & "B"': {"a": 1.0, "b": 2.0}}
    synthetic.add("tiny", master_of(names, {"why": 2.0}), hostile_class())
    tasks = {"Part A": {f"task_{place}": 1.0 for place in range(1, 6)}}
    slips = [
        Made(one.student, one.first_name, one.last_name, person=one.person, noted=one.noted)
        for one in large_class(60)
    ]
    synthetic.add("large", master_of(tasks, {"why": 2.0}), slips)
    return write_reports(synthetic.course)[0].parent


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("There is no Chromium on this machine to show the pages in.")
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed.")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield started
        started.close()


@contextmanager
def shown(browser: Any, path: Path, **options: Any) -> Iterator[Any]:
    """A page without any network; `page.requests` is what it asked for, `page.refused` by whom it did not get it."""
    context = browser.new_context(offline=True, **options)
    page = context.new_page()
    page.requests, page.errors, page.refused = [], [], {}
    page.on("request", lambda request: page.requests.append(request.url))
    page.on("requestfailed", lambda request: page.refused.update({request.url: request.failure}))
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.goto(path.as_uri())
    try:
        yield page
    finally:
        context.close()


def without_policy(path: Path, folder: Path) -> Path:
    """The page as it would be if the browser kept no policy: escaping alone has to do."""
    text = path.read_text(encoding="utf-8")
    bare = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    assert bare != text
    copy = folder / path.name
    copy.write_text(bare, encoding="utf-8")
    return copy


@pytest.mark.parametrize("name", PAGES)
def test_nothing_that_a_student_wrote_runs_even_without_a_policy(
    browser, reports: Path, tmp_path: Path, name: str
) -> None:
    with shown(browser, without_policy(reports / name, tmp_path)) as page:
        for place in page.query_selector_all("td, th"):
            place.dispatch_event("mouseover")
        assert page.evaluate("window.__pwned") is None
        assert page.errors == []
        assert page.requests == [(tmp_path / name).as_uri()]
        attributes = page.evaluate(
            "[...document.querySelectorAll('*')].flatMap(one => one.getAttributeNames())"
        )
        assert not [each for each in attributes if each.startswith("on")]
        assert (
            page.evaluate("document.querySelectorAll('script, iframe, img, base, link, object, form').length")
            == 1
        )
        assert page.evaluate("[...document.links].every(one => one.protocol === 'file:')")
        # It is there to be read, as text.
        assert HOSTILE[0] in page.inner_text("body")


def test_the_canary_sings_where_a_page_does_not_escape(browser, reports: Path, tmp_path: Path) -> None:
    """So the test above can fail; with the policy in place not even such a page runs it, or asks a server for anything."""
    path = reports / "tiny.html"
    # Nothing listens there, and the browser is offline: what counts is who refuses it.
    asked = "http://127.0.0.1:1/a.png"
    leaking = path.read_text(encoding="utf-8").replace(
        "<main>", f"<main>{HOSTILE[0]}{HOSTILE[1]}<img src={asked}>"
    )
    place = tmp_path / "leaking.html"
    place.write_text(leaking, encoding="utf-8")
    with shown(browser, place) as page:
        assert page.evaluate("window.__pwned") is None
        assert page.refused[asked] == "csp"
    with shown(browser, without_policy(place, tmp_path)) as page:
        assert page.evaluate("window.__pwned") >= 1
        assert page.refused[asked] != "csp"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", [*PAGES, "large.html"])
def test_axe_finds_nothing_and_nothing_is_asked_of_anybody(
    browser, reports: Path, name: str, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed.").Axe()
    with shown(browser, reports / name, color_scheme=scheme) as page:
        assert page.requests == [(reports / name).as_uri()]
        assert page.errors == []
        found = axe.run(page).response["violations"]
        assert [(one["id"], [node["html"][:100] for node in one["nodes"]][:3]) for one in found] == []


def test_text_in_pictures_has_the_colour_of_the_page_in_the_dark_as_well(browser, reports: Path) -> None:
    colours = {}
    for scheme in ("light", "dark"):
        with shown(browser, reports / "large.html", color_scheme=scheme) as page:
            script = "one => getComputedStyle(document.querySelector(one))"
            ink = page.evaluate(f"({script})('body').color")
            assert page.evaluate(f"({script})('figure svg text').fill") == ink
            fills = "[...new Set([...document.querySelectorAll('figure svg path')].map(one => getComputedStyle(one).fill))]"
            colours[scheme] = (ink, page.evaluate(fills))
            assert "rgb(0, 158, 115)" in colours[scheme][1]
    assert colours["light"][0] != colours["dark"][0]


def test_a_click_on_a_heading_sorts_by_it_and_a_second_one_turns_it_round(browser, reports: Path) -> None:
    with shown(browser, reports / "large.html") as page:
        table = "table.sortable:has(th:has-text('seconds'))"
        page.click(f"{table} th:has-text('seconds') button")
        column: Callable[[], list[float]] = lambda: page.evaluate(  # noqa: E731
            "one => [...document.querySelector(one).tBodies[0].rows].map(row => Number(row.cells[row.cells.length - 2].textContent))",
            "section[aria-labelledby=students] table",
        )
        assert column() == sorted(column())
        assert page.get_attribute(f"{table} th:has-text('seconds')", "aria-sort") == "ascending"
        page.click(f"{table} th:has-text('seconds') button")
        assert column() == sorted(column(), reverse=True)
        assert len(column()) == 60


def test_without_scripts_everything_is_there(browser, reports: Path) -> None:
    with shown(browser, reports / "large.html", java_script_enabled=False) as page:
        assert page.locator("button").count() == 0
        assert page.locator("section[aria-labelledby=students] tbody tr").count() == 60


def test_on_paper_it_is_black_on_white_and_cut_nowhere(browser, reports: Path) -> None:
    with shown(browser, reports / "large.html", color_scheme="dark") as page:
        page.emulate_media(media="print")
        background = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        assert background == "rgb(255, 255, 255)"
        assert page.evaluate("getComputedStyle(document.querySelector('.wide')).overflowX") == "visible"
        assert not page.locator("nav").is_visible()
        assert page.pdf()[:5] == b"%PDF-"


def test_on_a_phone_the_page_is_as_wide_as_the_screen(browser, reports: Path) -> None:
    for name in [*PAGES, "large.html"]:
        with shown(browser, reports / name, viewport={"width": 360, "height": 740}) as page:
            assert page.evaluate("document.documentElement.scrollWidth") <= 360

"""The page of feedback in a browser: no request, nothing that axe-core finds wrong, no sideways scrolling on a phone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None)
pytestmark = [
    pytest.mark.xdist_group("feedback"),
    pytest.mark.skipif(CHROMIUM is None, reason="There is no Chromium on this machine to show the page in."),
]
OPTIONS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync --no-proxy-server --host-resolver-rules=MAP * ~NOTFOUND"
)
DESK, PHONE = 1200, 390


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    options = [*OPTIONS.partition(" --host")[0].split(), "--host" + OPTIONS.partition(" --host")[2]]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield browser
        browser.close()


class Shown:
    """A page in a window, with every request that it made."""

    def __init__(self, browser: Any, file: Path, width: int, scheme: str) -> None:
        # Scripts are off for the page, as in a viewer that trusts nobody; what a test evaluates runs all the same.
        self.context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
        self.view = self.context.new_page()
        self.requests: list[str] = []
        self.view.on("request", lambda request: self.requests.append(request.url))
        self.view.goto(file.as_uri())


@pytest.fixture(scope="module")
def file(page: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("shown") / "page.html"
    path.write_text(page, encoding="utf-8")
    return path


@pytest.fixture(params=[(DESK, "light"), (DESK, "dark"), (PHONE, "light"), (PHONE, "dark")], ids=lambda each: f"{each[0]}-{each[1]}")
def shown(request: pytest.FixtureRequest, browser: Any, file: Path) -> Iterator[Shown]:
    shown = Shown(browser, file, *request.param)
    yield shown
    shown.context.close()


def problems(view: Any) -> list[str]:
    """What axe-core finds wrong, a line each."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(view).response["violations"]
    return [f"{one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"]]


def test_axe_finds_nothing_wrong_and_the_page_asks_for_nothing(shown: Shown, file: Path) -> None:
    for summary in shown.view.query_selector_all("summary"):
        summary.click()
    assert problems(shown.view) == []
    assert [url for url in shown.requests if not url.startswith("data:")] == [file.as_uri()]


def test_nothing_is_wider_than_the_window(shown: Shown) -> None:
    assert shown.view.evaluate("document.documentElement.scrollWidth") <= shown.view.viewport_size["width"]


def test_axe_would_have_seen_an_unreadable_box_and_a_missing_text(browser: Any, file: Path, tmp_path: Path) -> None:
    text = file.read_text(encoding="utf-8")
    spoilt = tmp_path / "spoilt.html"
    spoilt.write_text(text.replace("--good: #0b5a23", "--good: #c5f0d0").replace(' alt="', ' data-alt="').replace('lang="en"', ""), encoding="utf-8")
    shown = Shown(browser, spoilt, DESK, "light")
    found = {line.partition(":")[0] for line in problems(shown.view)}
    shown.context.close()
    assert {"color-contrast", "image-alt", "html-has-lang"} <= found


def test_formulas_are_drawn_by_the_browser_itself(browser: Any, file: Path) -> None:
    shown = Shown(browser, file, DESK, "light")
    fraction = shown.view.query_selector("math mfrac")
    box = fraction.bounding_box()
    numerator, denominator = (part.bounding_box() for part in fraction.query_selector_all(":scope > *"))
    shown.context.close()
    assert box["height"] > 20
    assert numerator["y"] + numerator["height"] <= denominator["y"] + 2


def test_the_first_key_leads_past_the_marks(browser: Any, file: Path) -> None:
    shown = Shown(browser, file, DESK, "light")
    shown.view.keyboard.press("Tab")
    assert shown.view.evaluate("document.activeElement.className") == "skip"
    assert shown.view.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    shown.view.keyboard.press("Enter")
    assert shown.view.evaluate("document.activeElement.id") == "notebook"
    shown.context.close()


def test_the_colours_follow_the_system_s(browser: Any, file: Path) -> None:
    grounds = set()
    for scheme in ("light", "dark"):
        shown = Shown(browser, file, DESK, scheme)
        grounds.add(shown.view.evaluate("getComputedStyle(document.body).backgroundColor"))
        shown.context.close()
    assert grounds == {"rgb(255, 255, 255)", "rgb(15, 20, 25)"}


def test_a_request_would_have_been_seen(browser: Any, file: Path, tmp_path: Path) -> None:
    other = tmp_path / "loads.html"
    text = file.read_text(encoding="utf-8").replace("<main", '<img alt="x" src="http://canary.invalid/x.png"><main', 1)
    other.write_text(text, encoding="utf-8")
    shown = Shown(browser, other, DESK, "light")
    asked = [url for url in shown.requests if "canary" in url]
    shown.context.close()
    assert asked == ["http://canary.invalid/x.png"]


def test_the_page_s_policy_forbids_a_request_and_a_script(browser: Any, file: Path, tmp_path: Path) -> None:
    other = tmp_path / "acts.html"
    acting = '<img alt="x" src="http://canary.invalid/x.png"><script>document.title = "acted"</script><main'
    other.write_text(file.read_text(encoding="utf-8").replace("<main", acting, 1), encoding="utf-8")
    context = browser.new_context()
    view = context.new_page()
    refused: list[str] = []
    view.on("console", lambda message: refused.append(message.text))
    view.goto(other.as_uri())
    title = view.title()
    context.close()
    assert title != "acted"
    assert len([text for text in refused if "Content Security Policy" in text]) >= 2

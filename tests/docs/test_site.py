"""The site of `make docs`: it builds without a warning, holds what it should and nothing else, and asks nobody for anything."""

from __future__ import annotations

import html
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlparse

import nbformat
import pytest
from page_commands import ROOT

from assay.cells import is_solution
from assay.regions import Kind, find_regions

pytestmark = pytest.mark.xdist_group("site")

MARKERS = (
    "BEGIN SOLUTION",
    "END SOLUTION",
    "BEGIN HIDDEN TESTS",
    "END HIDDEN TESTS",
    "BEGIN MARK SCHEME",
    "END MARK SCHEME",
)
#: On these pages the words are explained.
EXPLAINS = {"docs/author.html", "docs/existing-course.html", "CONTRIBUTING.html"}
#: What makes a browser fetch something, against links, which wait for a person.
FETCHED = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "audio": "src",
    "embed": "src",
    "object": "data",
    "link": "href",
}


class Page(HTMLParser):
    """What a page links to, what it fetches, and which places in it can be linked to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.styles: list[str] = []
        self.places: set[str] = {"", "top"}
        self.without_alt: list[str] = []
        self._in_style = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.places.add(given["id"])
        if tag in FETCHED and FETCHED[tag] in given:
            self.fetched.append(given[FETCHED[tag]])
        if "srcset" in given:
            self.fetched += [part.split()[0] for part in given["srcset"].split(",")]
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "img" and not given.get("alt"):
            self.without_alt.append(given.get("src", ""))
        if "style" in given:
            self.styles.append(given["style"])
        self._in_style = tag == "style"

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.styles.append(data)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build it as ``make docs`` does, elsewhere."""
    place = tmp_path_factory.mktemp("site")
    recipe = re.search(
        r"^\t@\$\(BIN\)/sphinx-build (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert recipe is not None
    options = recipe[1].replace("docs/_build/", f"{place}/").split()
    assert {"-W", "-q"} <= set(options)
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return place / "html"


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Page]:
    return {
        path.relative_to(site).as_posix(): Page(path.read_text(encoding="utf-8"))
        for path in sorted(site.rglob("*.html"))
    }


@pytest.fixture(scope="module")
def words(site: Path) -> dict[str, str]:
    """Everything that can be read in a file of the site, without tags, quotes and white space."""
    return {
        path.relative_to(site).as_posix(): squeezed(
            html.unescape(re.sub(r"<[^>]+>", "", path.read_text(encoding="utf-8")))
        )
        for path in sorted(site.rglob("*"))
        if path.suffix in (".html", ".js", ".txt", ".json", ".ipynb", ".py", ".md")
        and "_static" not in path.parts
    }


def squeezed(text: str) -> str:
    """Text without white space, which pages and notebooks break differently."""
    return re.sub(r"\s+", "", text)


def test_the_site_has_the_pages_and_the_released_notebooks_and_no_others(pages: dict[str, Page]):
    documents = {path.relative_to(ROOT).with_suffix(".html").as_posix() for path in ROOT.glob("docs/*.md")}
    released = {
        path.relative_to(ROOT).with_suffix(".html").as_posix() for path in ROOT.glob("release/*/*.ipynb")
    }
    assert len(released) == 3
    own = {"index.html", "README.html", "CONTRIBUTING.html", "CHANGELOG.html", "search.html", "genindex.html"}
    assert set(pages) == documents | released | own


def test_every_page_is_in_the_list_at_the_side(site: Path, pages: dict[str, Page]):
    listed = {
        os.path.normpath(os.path.join("docs", urldefrag(link)[0]))
        for link in pages["docs/index.html"].links
        if not urlparse(link).scheme
    }
    assert set(pages) - listed - {"docs/index.html", "index.html", "genindex.html", "search.html"} == set()


def test_every_link_and_every_picture_within_the_site_leads_somewhere(site: Path, pages: dict[str, Page]):
    broken = []
    for name, page in pages.items():
        for link in [*page.links, *page.fetched]:
            address = urlparse(link)
            if address.scheme or address.netloc:
                continue
            target = (
                os.path.normpath(os.path.join(os.path.dirname(name), unquote(address.path)))
                if address.path
                else name
            )
            if not (site / target).is_file():
                broken.append(f"{name}: {link}")
            elif (
                target in pages and address.fragment and unquote(address.fragment) not in pages[target].places
            ):
                broken.append(f"{name}: {link} (no such place)")
    assert broken == []


def test_every_picture_has_words_for_those_who_do_not_see_it(pages: dict[str, Page]):
    assert {name: page.without_alt for name, page in pages.items() if page.without_alt} == {}


def test_no_page_asks_another_server_for_anything(site: Path, pages: dict[str, Page]):
    foreign = [
        f"{name}: {address}"
        for name, page in pages.items()
        for address in [*page.fetched, *re.findall(r"url\(['\"]?([^)'\"]+)", " ".join(page.styles))]
        if urlparse(address).netloc
    ]
    for path in [*site.rglob("*.css"), *site.rglob("*.js")]:
        text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        found = re.findall(
            r"(?:url\(|@import|fetch\(|import\(|from|src\s*=)\s*['\"]?((?:https?:)?//[^\s'\")]+)", text
        )
        foreign += [f"{path.relative_to(site)}: {address}" for address in found]
    assert foreign == []


def test_no_solution_hidden_test_or_rubric_is_in_the_site(words: dict[str, str]):
    found = [
        f"{name}: {marker}"
        for name, text in words.items()
        if name not in EXPLAINS and not name.startswith("searchindex")
        for marker in MARKERS
        if squeezed(marker) in text
    ]
    assert found == []
    secrets = secret_lines()
    assert all(len(secrets[kind]) > 50 for kind in Kind)
    everything = "\n".join(words.values())
    leaked = [line for lines in secrets.values() for line in lines if squeezed(line) in everything]
    assert leaked == []


def secret_lines() -> dict[Kind, list[str]]:
    """Lines of the masters that stand in no release, long enough to be nobody else's."""
    released = squeezed(
        "\n".join(
            cell.source
            for path in ROOT.glob("release/*/*.ipynb")
            for cell in nbformat.read(path, as_version=4).cells
        )
    )
    found: dict[Kind, list[str]] = {kind: [] for kind in Kind}
    for path in sorted(ROOT.glob("source/*/*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            lines = cell.source.split("\n")
            for region in find_regions(cell.source):
                found[region.kind] += lines[region.first + 1 : region.last]
            if cell.cell_type == "markdown" and is_solution(cell):
                found[Kind.SOLUTION] += lines
    return {
        kind: [line for line in lines if len(squeezed(line)) >= 30 and squeezed(line) not in released]
        for kind, lines in found.items()
    }


def test_formulas_need_no_script(site: Path, pages: dict[str, Page]):
    for path in site.glob("release/*/*.html"):
        text = path.read_text(encoding="utf-8")
        assert text.count("<math ") > 10, path
        assert "MathJax" not in text, path
        assert "$$" not in text, path
        # TeX that was not understood is left as it was written.
        formulas = re.findall(r"<math .*?</math>", text, re.DOTALL)
        assert [formula for formula in formulas if "\\" in formula] == [], path


def test_no_source_of_a_page_is_in_the_site(site: Path):
    names = [path.name for path in site.rglob("*") if path.is_file()]
    assert "search.html" in names
    assert [name for name in names if {".ipynb", ".py", ".md"} & set(Path(name).suffixes)] == []

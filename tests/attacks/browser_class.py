"""A class whose students hand in the hostile notebooks of ``browser/``, and many pages shown by one Chromium."""

from __future__ import annotations

import html
import importlib.util
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat
from assay.cells import grade_id
from nbformat import NotebookNode

TESTS = Path(__file__).resolve().parents[1]
HONEST = "honest"
MACHINE_POINTS = 6.0
BEHIND, ANSWER = "double", "why"
# In a frame, a sign is reported to the page around it together with the name of the page that gave it.
_REPORT = """<script>
window.alert = window.confirm = window.prompt = window.__pwned = function () { parent.fired(NAME); return 0; };
window.addEventListener("load", function () { parent.opened(); });
</script>"""
_FRAMES = """<!DOCTYPE html><html><head><title>0</title></head><body><script>
const names = new Set();
window.fired = function (name) { names.add(name); window.__pwned([...names].join(" ")); };
window.opened = function () { document.title = Number(document.title) + 1; };
</script>FRAMES</body></html>"""


def _module(path: Path) -> ModuleType:
    """A module of another folder of tests; it finds what stands beside it by name."""
    if str(path.parent) not in sys.path:
        sys.path.append(str(path.parent))
    spec = importlib.util.spec_from_file_location(f"{path.stem}_for_attacks", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


judging = _module(TESTS / "cleaning" / "test_cleaning_browser.py")
shown_pages, hostile_pages = judging.shown_pages, judging.hostile_pages
NAMES: list[str] = judging.NAMES
_grading_course = _module(TESTS / "grading" / "grading_course.py")


class BrowserClass:
    """A tiny course with one student for each hostile file, named as the file is, and one honest student.

    A hostile student has all answers right. The cells of the file stand behind the first answer, with the outputs that
    they made on the student's own machine; the first markdown cell and its attachments are the written answer, too.
    """

    def __init__(self, root: Path) -> None:
        self.hostile: dict[str, NotebookNode] = hostile_pages.run_all()
        # These cells end at once; a machine that is busy must not cost them their marks.
        self.tiny = _grading_course.TinyCourse(root, seconds=30)
        self.tiny.submit(HONEST)
        for name, notebook in self.hostile.items():
            self.tiny.submit(name, change=_joined_by(notebook))

    def autograded(self, student: str) -> NotebookNode:
        """The notebook that formgrader shows, read as formgrader's exporter reads it."""
        return nbformat.read(self.tiny.autograded(student), as_version=4)

    def formgrader_page(self, student: str) -> str:
        """The page of a graded submission by nbgrader's own template."""
        return shown_pages.formgrader_page(self.autograded(student))

    def page_before_grading(self, student: str) -> str:
        """The page that formgrader would make of the hostile cells as they are."""
        return shown_pages.formgrader_page(deepcopy(self.hostile[student]))

    def complaints_about_formgrader(self, student: str) -> list[str]:
        """What could act in the page that formgrader makes of a graded submission."""
        return judging.complaints(shown_pages.formgrader_page, self.autograded(student))

    def complaints_about_feedback(self, student: str) -> list[str]:
        """What could act in the feedback that was written, beyond what the honest student's feedback holds."""
        notebook = self.autograded(student)
        written, harmless = self.tiny.feedback(student), self.tiny.feedback(HONEST)
        return judging.complaints(lambda given: written if given is notebook else harmless, notebook)


def signs_of(pages: Mapping[str, str]) -> list[str]:
    """What several pages do in Chromium that they must not: ``script`` with the names of pages, and all requests.

    Each page is a document of its own in a frame; one browser opens them all, since starting it takes the time.
    A page that was not opened to its end is a sign as well.
    """
    frames = "\n".join(f'<iframe srcdoc="{html.escape(_framed(*page))}"></iframe>' for page in pages.items())
    watched, _ = shown_pages.show(_FRAMES.replace("FRAMES", frames))
    opened = [] if watched.title == str(len(pages)) else [f"opened {watched.title} of {len(pages)} pages"]
    return [*opened, *watched.signs]


def pages_of(page: Callable[[str], str], names: Iterable[str]) -> dict[str, str]:
    """The pages by name, without those that cannot be made or were not written."""
    pages = {}
    for name in names:
        with suppress(Exception):
            pages[name] = page(name)
    return pages


def _framed(name: str, page: str) -> str:
    watch = shown_pages.WATCH
    return shown_pages.without_page_requests(page).replace(
        watch, _REPORT.replace("NAME", json.dumps(name)), 1
    )


def _joined_by(hostile: NotebookNode) -> Callable[[NotebookNode], None]:
    def change(notebook: NotebookNode) -> None:
        cells: list[Any] = deepcopy(hostile.cells)
        written = [cell for cell in cells if cell.cell_type == "markdown"]
        for cell in notebook.cells:
            if grade_id(cell) == ANSWER and written:
                cell.source = written[0].source
                cell.attachments = deepcopy(written[0].get("attachments", {}))
        place = next(number for number, cell in enumerate(notebook.cells) if grade_id(cell) == BEHIND)
        notebook.cells[place + 1 : place + 1] = cells
        notebook.metadata.update(deepcopy(hostile.metadata))

    return change

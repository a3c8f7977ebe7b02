"""The hostile notebooks of tests/attacks/browser, run once, and what a page made of one does that it must not."""

import importlib.util
from copy import deepcopy
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import shown_pages
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parents[1] / "attacks" / "browser"


def _reading():
    spec = importlib.util.spec_from_file_location("reading_of_browser_attacks", FOLDER / "reading.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


reading = _reading()
FILES = reading.hostile_files()
PAGES = {"formgrader": shown_pages.formgrader_page, "feedback": shown_pages.feedback_page}


def run_all():
    """The notebook of each file after its code has run, by the file's name; one kernel runs them all."""
    notebooks = {path.stem: reading.hostile_notebook(path) for path in FILES}
    handed_in = {
        (name, number): deepcopy(cell.outputs)
        for name, notebook in notebooks.items()
        for number, cell in enumerate(notebook.cells)
        if cell.cell_type == "code" and cell.outputs
    }
    code = [
        cell
        for notebook in notebooks.values()
        for cell in notebook.cells
        if cell.cell_type == "code" and not cell.outputs
    ]
    together = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell.source) for cell in code])
    NotebookClient(together, kernel_name="python3", allow_errors=True, timeout=60).execute()
    for cell, run in zip(code, together.cells, strict=True):
        cell.outputs, cell.execution_count = run.outputs, run.execution_count
    for (name, number), outputs in handed_in.items():
        notebooks[name].cells[number].outputs = outputs
    return notebooks


class _Elements(HTMLParser):
    """All elements of a page with their attributes, and its text outside of what MathJax leaves alone."""

    def __init__(self):
        super().__init__()
        self.elements, self.text, self.depth = [], [], 0

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.depth += tag in ("pre", "code", "script", "style")

    def handle_endtag(self, tag):
        self.depth -= tag in ("pre", "code", "script", "style")

    def handle_data(self, data):
        if self.depth == 0:
            self.text.append(data)


def elements(html):
    """The elements of a page, as pairs of tag and attributes, and the text that MathJax would read."""
    reader = _Elements()
    reader.feed(html)
    reader.close()
    return reader.elements, "".join(reader.text)


def signs_in_browser(page, notebook):
    """What the page of a notebook does in Chromium that it must not; also when there is no page to show."""
    try:
        html = page(notebook)
    except (Exception, RecursionError) as error:
        return [f"no page: {type(error).__name__}"]
    watched, _ = shown_pages.show(html)
    return watched.signs

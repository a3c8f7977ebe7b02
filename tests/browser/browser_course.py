"""The course of these tests: the real assignment `gradient_descent`, the sample class, and a student who hands in hostile cells."""

from __future__ import annotations

import importlib.util
import json
import shutil
import sys
from copy import deepcopy
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat
from lab_server import ROOT
from nbformat import NotebookNode

from assay.cells import grade_id, is_solution

ASSIGNMENT = "gradient_descent"
COURSE = "descent"
STUDENT = "student09"
HOSTILE = "student10"


def make_course(folder: Path) -> Path:
    """Copy what the sample course has before anything is graded, and let one person be the student ``STUDENT``."""
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    shutil.copytree(ROOT / "source" / ASSIGNMENT, folder / "source" / ASSIGNMENT)
    for submission in sorted(ROOT.glob(f"submitted/*/{ASSIGNMENT}")):
        shutil.copytree(submission, folder / submission.relative_to(ROOT))
    # Without it, a submission has the name of whoever runs the tests.
    named = folder / "exchange" / "student" / "nbgrader_config.py"
    named.parent.mkdir(parents=True)
    named.write_text(f"c = get_config()\nc.CourseDirectory.student_id = {STUDENT!r}\n", encoding="utf-8")
    return folder


def fetched_notebook(course: Path) -> Path:
    """Where Assignment List puts the notebook."""
    return course / "exchange" / "student" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"


def answers() -> dict[str, str]:
    """The answers of the solution, by grade id."""
    solved = nbformat.read(ROOT / "solutions" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
    return {grade_id(cell): cell.source for cell in solved.cells if is_solution(cell)}


def number_of(notebook: NotebookNode, name: str) -> int:
    """Which cell of a notebook has a grade id."""
    return next(number for number, cell in enumerate(notebook.cells) if grade_id(cell) == name)


def answer(path: Path, given: dict[str, str]) -> None:
    """Write answers into a notebook, by grade id."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name in given:
            cell["source"] = given[name]
    path.write_text(json.dumps(notebook, indent=1), encoding="utf-8")


def submit_hostile(course: Path) -> dict[str, NotebookNode]:
    """Hand in the solution with the hostile cells of every file behind its first answer; return these, run, by the file's name.

    Hostile markdown cells become written answers, too: these are what formgrader shows as the student wrote it.
    """
    hostile: dict[str, NotebookNode] = _module(ROOT / "tests" / "cleaning" / "hostile_pages.py").run_all()
    cells: list[Any] = [deepcopy(cell) for notebook in hostile.values() for cell in notebook.cells]
    written = [cell for cell in cells if cell.cell_type == "markdown"]
    path = course / "submitted" / HOSTILE / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    shutil.copytree(course / "submitted" / "student01" / ASSIGNMENT, path.parent)
    notebook = nbformat.read(path, as_version=4)
    free = iter(written)
    for cell in notebook.cells:
        if is_solution(cell) and cell.cell_type == "markdown" and (one := next(free, None)) is not None:
            cell.source, cell.attachments = one.source, deepcopy(one.get("attachments", {}))
    place = number_of(notebook, "curve_labels") + 1
    for number, cell in enumerate(cells):
        cell.id = f"hostile-{number}"
    notebook.cells[place:place] = cells
    path.write_text(json.dumps(notebook, indent=1), encoding="utf-8")
    return hostile


def _module(path: Path) -> ModuleType:
    """A module of another folder of tests; it finds what stands beside it by name."""
    if str(path.parent) not in sys.path:
        sys.path.append(str(path.parent))
    spec = importlib.util.spec_from_file_location(f"{path.stem}_for_browser", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

"""A small assignment for the tests of the intake, the marks that a rebuilt notebook of it earns, and a course of it."""

from __future__ import annotations

import copy
import json
import shutil
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.utils import compute_checksum

from assay.cells import grade_id, is_solution, is_test
from assay.rebuild import released_source

NAME = "small"
FILE = f"{NAME}.ipynb"
REPOSITORY = Path(__file__).resolve().parents[2]
# No kernel: nothing runs, so every test passes, and whether an answer was given is seen by its checksum.
CONFIG = (
    (REPOSITORY / "nbgrader_config.py").read_text(encoding="utf-8")
    + """
c.Autograde.autograde_preprocessors = ["nbgrader.preprocessors.SaveAutoGrades"]
"""
)


def cell(name: str, text: str, *, kind: str = "code", **about: Any) -> nbformat.NotebookNode:
    usual = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    new = new_code_cell if kind == "code" else new_markdown_cell
    return new(text, metadata={"nbgrader": {"grade_id": name, **usual, **about}}, id=name)


def graded(name: str, text: str, points: float = 1) -> nbformat.NotebookNode:
    return cell(name, text, grade=True, locked=True, points=points)


def question(name: str, text: str) -> nbformat.NotebookNode:
    return cell(name, text, kind="markdown", locked=True)


def answer(name: str, text: str) -> nbformat.NotebookNode:
    return cell(name, text, kind="markdown", grade=True, solution=True, points=2)


def master() -> nbformat.NotebookNode:
    """Three solutions, four tests, two written answers, locked code in two places, cells without any role."""
    cells = [
        new_markdown_cell("# Small\n\nDo everything.", id="intro"),
        cell("setup", "import math\n\nSCALE = 10\n\n\ndef scaled(x):\n    return SCALE * x", locked=True),
        new_markdown_cell("## Part A", id="part-a"),
        question("area_question", "### A1\n\nWrite `area` and `perimeter` of a circle."),
        cell(
            "area",
            "def area(r):\n    ### BEGIN SOLUTION\n    return math.pi * r * r\n    ### END SOLUTION\n\n\n"
            "def perimeter(r):\n    ### BEGIN SOLUTION\n    return 2 * math.pi * r\n    ### END SOLUTION",
            solution=True,
        ),
        new_code_cell("# Try area here.", id="area-1"),
        graded(
            "area_grows",
            "assert abs(area(1) - math.pi) < 1e-9, 'the area of the unit circle'\n"
            "### BEGIN HIDDEN TESTS\nsecret = scaled(2)\nassert area(secret) > 1256\n### END HIDDEN TESTS",
        ),
        graded("perimeter_grows", "assert 6.28 < perimeter(1) < 6.29, 'the perimeter of the unit circle'"),
        question(
            "why_question",
            "Why does the area grow faster?\n\n### BEGIN MARK SCHEME\nsquare\n### END MARK SCHEME",
        ),
        answer("why", "Since it is quadratic."),
        new_markdown_cell("## Part B", id="part-b"),
        cell("table", "RADII = [scaled(1), scaled(2)]\nROUND = 'a circle is round'", locked=True),
        new_code_cell(
            "for radius in RADII:\n    print(radius)", id="table-1", metadata={"tags": ["experiment"]}
        ),
        question("choice_question", "### B1\n\nWhich one is larger, and by which factor?"),
        cell(
            "choice",
            '# Replace the None.\nlarger = {"first": None}\n### BEGIN SOLUTION\nlarger = {"first": "second"}\n### END SOLUTION',
            solution=True,
        ),
        graded("choice_is_right", "assert larger['first'] == 'second', 'choose again'"),
        question("round_question", "What did you see in the *table*?"),
        answer("round", "That it is round."),
        question("total_question", "### B2\n\nWrite `total`, the sum of the areas."),
        cell(
            "total",
            "def total(radii):\n    ### BEGIN SOLUTION\n    return sum(area(r) for r in radii)\n    ### END SOLUTION",
            solution=True,
        ),
        graded(
            "total_adds",
            "assert total([]) == 0, 'nothing to add'\nassert total(RADII) > 5 * area(RADII[0]) - 1",
        ),
        new_markdown_cell("## On your own", id="end"),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return new_notebook(cells=cells, metadata=metadata)


ANSWERS = {
    "area": "def area(r):\n    return math.pi * r**2\n\n\ndef perimeter(r):\n    return math.pi * r * 2",
    "choice": 'larger = {"first": "second"}',
    "total": "def total(radii):\n    result = 0\n    for r in radii:\n        result += area(r)\n    return result",
    "why": "The area is a square of the radius.",
    "round": "It is as round as can be.",
}
WRONG = {"total": "def total(radii):\n    return 0", "round": "YOUR ANSWER HERE"}


def release() -> dict[str, Any]:
    """What students get, as a JSON object."""
    notebook = master()
    for one in notebook.cells:
        code = one.cell_type == "code"
        one.source = released_source(one.source, solution=is_solution(one), code=code)
    return json.loads(json.dumps(notebook))


def submission(answers: dict[str, str] | None = None) -> dict[str, Any]:
    """A right submission but for ``answers`` (by grade id), with outputs, as a JSON object."""
    notebook = release()
    given = {**ANSWERS, **(answers or {})}
    for number, one in enumerate(notebook["cells"]):
        one["source"] = given.get(one["id"], one["source"])
        if one["cell_type"] == "code":
            one["execution_count"] = number
            output = {"output_type": "stream", "name": "stdout", "text": [f"output of {one['id']}\n"]}
            one["outputs"] = [output]
    return notebook


def marks(notebook: nbformat.NotebookNode) -> dict[str, float | str]:
    """What a rebuilt notebook earns, run without any walls; a written answer is answered or not."""
    student: dict[str, Any] = {}
    course: dict[str, Any] = {}
    earned: dict[str, float | str] = {}
    for one in notebook.cells:
        about = one.metadata.get("nbgrader", {})
        if one.cell_type == "code" and is_test(one):
            try:
                exec(one.source, {**course, **student})
                earned[grade_id(one)] = about["points"]
            except Exception:
                earned[grade_id(one)] = 0
        elif one.cell_type == "code":
            for names in [student, course] if about.get("locked") else [student]:
                try:
                    exec(one.source, names)
                except Exception:
                    continue
        elif about.get("grade"):
            unchanged = about["checksum"] == compute_checksum(one)
            earned[grade_id(one)] = "not answered" if unchanged else "answered"
    return earned


class SmallCourse:
    """A course folder with this one assignment."""

    def __init__(self, root: Path) -> None:
        self.root = root
        if not root.exists():
            (root / "source" / NAME).mkdir(parents=True)
            (root / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
            nbformat.write(master(), root / "source" / NAME / FILE)

    def copy_to(self, root: Path) -> SmallCourse:
        shutil.copytree(self.root, root)
        return SmallCourse(root)

    def folder(self, student: str) -> Path:
        return self.root / "submitted" / student / NAME

    def submit(self, student: str, files: dict[str, bytes] | None = None, **answers: str) -> Path:
        """Hand in ``files``, or a right notebook but for ``answers``."""
        folder = self.folder(student)
        if files is None:
            files = {FILE: json.dumps(submission(answers)).encode()}
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return folder

    def autograded(self, student: str) -> nbformat.NotebookNode:
        return nbformat.read(self.root / "autograded" / student / NAME / FILE, as_version=4)

    def config(self) -> Any:
        from traitlets.config import PyFileConfigLoader

        config = PyFileConfigLoader("nbgrader_config.py", path=str(self.root)).load_config()
        config.CourseDirectory.root = str(self.root)
        return copy.deepcopy(config)

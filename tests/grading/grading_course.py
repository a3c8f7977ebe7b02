"""A tiny course for the tests of the grading engine, and submissions that go wrong in every way."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
from course_cells import cell
from nbformat.v4 import new_markdown_cell, new_notebook

from assay.course import Course

REPOSITORY = Path(__file__).resolve().parents[2]
HIDDEN_SENTENCE = "Doubling works for the number that nobody told."
HIDDEN_LINES = ("nobody_told = 77345", 'checks.close(double(nobody_told), 154690, "secret_name")')
RUBRIC = "The rubric: one point for saying linear."


def test_cell(grade_id: str, points: float, source: str) -> nbformat.NotebookNode:
    return cell(grade_id, source, grade=True, locked=True, points=points)


test_cell.__test__ = False  # type: ignore[attr-defined]


def master() -> nbformat.NotebookNode:
    """Two parts, three test cells, one written answer with a rubric, one locked cell that the tests need."""
    cells = [
        new_markdown_cell("# Tiny\n\n8 points.", id="intro"),
        cell("imports", "from assay import checks", locked=True),
        new_markdown_cell("## Part A (4 points): double\n\nWrite `double`.", id="part-a"),
        cell(
            "double",
            "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION",
            solution=True,
        ),
        test_cell(
            "double_doubles",
            3,
            '@checks.claim\ndef double_doubles():\n    """Two becomes four."""\n'
            '    checks.close(double(2), 4, "double(2)", hint="times two")\n\n\n'
            "### BEGIN HIDDEN TESTS\n@checks.claim\ndef double_doubles_others():\n"
            f'    """{HIDDEN_SENTENCE}"""\n    {HIDDEN_LINES[0]}\n    {HIDDEN_LINES[1]}\n'
            "### END HIDDEN TESTS",
        ),
        test_cell(
            "double_of_nothing",
            1,
            '@checks.claim\ndef double_of_nothing():\n    """Nothing stays nothing."""\n'
            '    checks.close(double(0), 0, "double(0)")',
        ),
        new_markdown_cell("## Part B (4 points): triple", id="part-b"),
        cell(
            "triple",
            "def triple(x):\n    ### BEGIN SOLUTION\n    return 3 * x\n    ### END SOLUTION",
            solution=True,
        ),
        test_cell(
            "triple_triples",
            2,
            '@checks.claim\ndef triple_triples():\n    """Two becomes six."""\n'
            '    checks.close(triple(2), 6, "triple(2)")',
        ),
        cell(
            "why_question",
            f"Why?\n\n### BEGIN MARK SCHEME\n{RUBRIC}\n### END MARK SCHEME",
            kind="markdown",
            locked=True,
        ),
        cell("why", "Because.", kind="markdown", grade=True, solution=True, points=2),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


class TinyCourse:
    """A course folder with the configuration of this repository and short limits."""

    name = "tiny"

    def __init__(self, root: Path, *, seconds: int = 2) -> None:
        root.mkdir(parents=True, exist_ok=True)
        config = (REPOSITORY / "nbgrader_config.py").read_text(encoding="utf-8")
        config += (
            f"\nc.ExecuteInTwoKernels.cell_seconds = {seconds}\nc.ExecuteInTwoKernels.grace_seconds = 1.0\n"
        )
        (root / "nbgrader_config.py").write_text(config, encoding="utf-8")
        self.root = root
        self.course = Course.at(root)
        self.master = master()
        self.write_master()

    def write_master(self) -> None:
        folder = self.root / "source" / self.name
        folder.mkdir(parents=True, exist_ok=True)
        nbformat.write(self.master, folder / f"{self.name}.ipynb")

    def release(self) -> nbformat.NotebookNode:
        """What a student gets, as far as these tests need it: stubs, and no hidden test and no rubric."""
        from assay.regions import Kind, drop_regions

        notebook = copy.deepcopy(self.master)
        for one in notebook.cells:
            if "BEGIN SOLUTION" in one.source:
                head = one.source.partition("    ### BEGIN SOLUTION")[0]
                one.source = f"{head}    raise NotImplementedError()"
            if one.id == "why":
                one.source = "YOUR ANSWER HERE"
            one.source = drop_regions(one.source, Kind.HIDDEN_TESTS, Kind.MARK_SCHEME)
        return notebook

    def submit(
        self,
        student: str,
        answers: dict[str, str] | None = None,
        change: Callable[[nbformat.NotebookNode], None] | None = None,
    ) -> Path:
        """Hand in right answers except for ``answers`` (by grade id), and ``change`` the notebook after that."""
        right = {
            "double": "def double(x):\n    return 2 * x",
            "triple": "def triple(x):\n    return 3 * x",
            "why": "Since it is linear.",
        }
        notebook = self.release()
        for one in notebook.cells:
            source = {**right, **(answers or {})}.get(one.metadata.get("nbgrader", {}).get("grade_id"))
            if source is not None:
                one.source = source
        if change is not None:
            change(notebook)
        path = self.submitted(student)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(notebook, indent=1), encoding="utf-8")
        return path

    def submitted(self, student: str) -> Path:
        return self.root / "submitted" / student / self.name / f"{self.name}.ipynb"

    def autograded(self, student: str) -> Path:
        return self.root / "autograded" / student / self.name / f"{self.name}.ipynb"

    def feedback(self, student: str) -> str:
        path = self.root / "feedback" / student / self.name / f"{self.name}.html"
        return path.read_text(encoding="utf-8")

    def copy_to(self, root: Path) -> TinyCourse:
        """The same sources and submissions in another folder, with nothing graded."""
        other = TinyCourse(root)
        shutil.copytree(self.root / "submitted", root / "submitted")
        shutil.copy(self.root / "nbgrader_config.py", root / "nbgrader_config.py")
        return other


def without(*grade_ids: str) -> Callable[[nbformat.NotebookNode], None]:
    """A change that deletes cells."""

    def change(notebook: nbformat.NotebookNode) -> None:
        notebook.cells = [
            one for one in notebook.cells if one.metadata.get("nbgrader", {}).get("grade_id") not in grade_ids
        ]

    return change

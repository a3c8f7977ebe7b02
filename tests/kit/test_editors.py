"""A notebook that Colab or VS Code has saved is graded like the one that JupyterLab has."""

from __future__ import annotations

import json
import random
import re
from functools import cache
from pathlib import Path

import nbformat
import pytest
from course_copies import ROOT, copy_course
from editors import WAYS, colab

from assay.cells import grade_id
from assay.engine import Result, grade
from assay.notebook import Rebuilt, parse_notebook, rebuild

ASSIGNMENTS = ("gradient_descent", "mnist_mlp", "newspaper_cnn")
STUDENTS = sorted(path.name for path in (ROOT / "submitted").iterdir() if path.is_dir())
#: Right answers, and one with mistakes, repairs and a cell that is not there.
GRADED = "student04"


def submitted(student: str, assignment: str) -> Path:
    return ROOT / "submitted" / student / assignment / f"{assignment}.ipynb"


@cache
def master(assignment: str) -> nbformat.NotebookNode:
    return nbformat.read(ROOT / "source" / assignment / f"{assignment}.ipynb", as_version=4)


def what_is_run(rebuilt: Rebuilt) -> list[tuple[str, str, str]]:
    return [(cell.cell_type, grade_id(cell), cell.source) for cell in rebuilt.notebook.cells]


def rebuilt(data: bytes, assignment: str) -> Rebuilt:
    return rebuild(parse_notebook(data), master(assignment))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_what_another_editor_saves_is_rebuilt_to_the_same_notebook(assignment: str, way: str):
    differing = []
    for student in STUDENTS:
        data = submitted(student, assignment).read_bytes()
        saved = WAYS[way](json.loads(data), random.Random(student))
        if what_is_run(rebuilt(saved, assignment)) != what_is_run(rebuilt(data, assignment)):
            differing.append(student)
    assert differing == []


@pytest.mark.parametrize("way", WAYS)
def test_what_another_editor_saves_is_a_notebook_of_that_editor(way: str):
    """What is compared above would say little if the conversion changed nothing."""
    data = submitted(GRADED, "gradient_descent").read_bytes()
    saved = json.loads(WAYS[way](json.loads(data), random.Random(1)))
    before = json.loads(data)
    lost = [cell for cell in saved["cells"] if "nbgrader" not in cell["metadata"]]
    assert (len(lost) == len(saved["cells"])) is way.endswith("without_metadata")
    assert [cell.get("id") for cell in saved["cells"]] != [cell["id"] for cell in before["cells"]]
    assert saved["metadata"] != before["metadata"]
    assert ["".join(cell["source"]) for cell in saved["cells"]] == [
        "".join(cell["source"]) for cell in before["cells"]
    ]


def colab_cell() -> str:
    """The cell that the students' guide tells them to paste."""
    guide = (ROOT / "tools" / "student-kit" / "README.md").read_text(encoding="utf-8")
    (found,) = re.findall(r"```python\n(import sys.*?)```", guide, re.DOTALL)
    return found.strip()


@pytest.fixture(scope="module")
def marks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    """One submission as it was handed in, and as each editor saves it; on Colab with the cell of the guide."""
    course = copy_course(tmp_path_factory.mktemp("editors"), "source/gradient_descent")
    notebook = json.loads(submitted(GRADED, "gradient_descent").read_bytes())
    # The experiments earn no points, and take most of the time.
    notebook["cells"] = [cell for cell in notebook["cells"] if "nbgrader" in cell["metadata"]]
    files = {way: convert(notebook, random.Random(way)) for way, convert in WAYS.items() if "without" in way}
    files["colab_with_the_guides_cell"] = colab(notebook, random.Random(3), keep=False, first=colab_cell())
    files["jupyterlab"] = json.dumps(notebook).encode()
    for way, data in files.items():
        path = course.root / "submitted" / way / "gradient_descent" / "gradient_descent.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
    return {result.student: result for result in grade(course, "gradient_descent", feedback=False)}


@pytest.mark.slow
@pytest.mark.xdist_group("editors")
@pytest.mark.parametrize(
    "way", ["colab_without_metadata", "vscode_without_metadata", "colab_with_the_guides_cell"]
)
def test_what_another_editor_saves_earns_the_same_marks(marks: dict[str, Result], way: str):
    found, expected = marks[way].marks, marks["jupyterlab"].marks
    assert expected is not None
    assert found is not None, marks[way].failure
    assert found.points == expected.points
    assert 0 < found.machine_points < found.machine_maximum
    assert {one.grade_id: one.status for one in found.verdicts} == {
        one.grade_id: one.status for one in expected.verdicts
    }

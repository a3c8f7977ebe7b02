"""The pieces of grading that need no kernel: where cells go back, what parts are, what a student may read."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from grading_course import HIDDEN_SENTENCE, TinyCourse, cell, master, without
from nbconvert.exporters import NotebookExporter
from nbformat.v4 import new_markdown_cell, new_notebook, new_output
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory

from assay.cells import grade_id
from assay.feedback import _clean
from assay.intake import RepairCells
from assay.verdict import message_of, read_parts


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> TinyCourse:
    tiny = TinyCourse(tmp_path_factory.mktemp("parts") / "course")
    config = tiny.course.config()
    folders = CourseDirectory(config=config, assignment_id=tiny.name)
    GenerateAssignment(coursedir=folders, config=config).start()
    return tiny


def repaired(tiny: TinyCourse, notebook: nbformat.NotebookNode) -> list[str]:
    """Repair a notebook as nbgrader would, and give what its cells are: a grade id or the first word."""
    names = {
        "notebook": tiny.name,
        "assignment": tiny.name,
        "db_url": f"sqlite:///{tiny.root / 'gradebook.db'}",
    }
    repair = RepairCells(parent=exporter(tiny))
    repair.preprocess(notebook, {"nbgrader": names})
    return [grade_id(one) or one.source.split()[0] for one in notebook.cells]


def exporter(tiny: TinyCourse) -> NotebookExporter:
    config = tiny.course.config()
    folders = CourseDirectory(config=config, assignment_id=tiny.name)
    return NotebookExporter(parent=GenerateAssignment(coursedir=folders, config=config))


ALL = [
    "imports",
    "double",
    "double_doubles",
    "double_of_nothing",
    "triple",
    "triple_triples",
    "why_question",
    "why",
]


def graded(cells: list[str]) -> list[str]:
    return [name for name in cells if name in ALL]


@pytest.mark.parametrize(
    "missing", [["double_doubles"], ["imports", "why"], ALL[2:4], ["why_question", "why"]]
)
def test_deleted_cells_go_back_where_they_were(recorded: TinyCourse, missing: list[str]) -> None:
    notebook = recorded.release()
    without(*missing)(notebook)
    assert graded(repaired(recorded, notebook)) == ALL


def test_a_test_goes_back_behind_code_that_may_stand_for_its_deleted_solution(recorded: TinyCourse) -> None:
    notebook = recorded.release()
    without("double", "double_doubles")(notebook)
    notebook.cells.insert(3, nbformat.v4.new_code_cell("double = lambda x: 2 * x"))
    cells = repaired(recorded, notebook)
    assert cells.index("double_doubles") == cells.index("double_of_nothing") - 1
    assert cells.index("double_doubles") > cells.index("double")
    assert "double" not in [grade_id(one) for one in notebook.cells]


def test_a_notebook_that_lost_all_metadata_runs_before_its_tests(recorded: TinyCourse) -> None:
    notebook = recorded.release()
    for one in notebook.cells:
        one.metadata.clear()
    repaired(recorded, notebook)
    ids = [grade_id(one) for one in notebook.cells]
    assert [name for name in ids if name] == [name for name in ALL if name not in ("double", "triple")]
    assert not any(ids[: len(master().cells)])


def test_roles_come_from_the_master_whatever_the_submission_says(recorded: TinyCourse) -> None:
    notebook = recorded.release()
    notebook.cells[4].metadata.nbgrader.update(points=99, solution=True, locked=False, schema_version=1)
    notebook.cells.append(cell("unknown", "1", grade=True, points=50))
    notebook.cells.append(nbformat.v4.new_code_cell("2", metadata={"nbgrader": {}}))
    repaired(recorded, notebook)
    role = notebook.cells[4].metadata.nbgrader
    assert (role.points, role.solution, role.locked, role.schema_version) == (3, False, True, 3)
    assert all("nbgrader" not in one.metadata for one in notebook.cells[-2:])
    with Gradebook(f"sqlite:///{recorded.root / 'gradebook.db'}") as book:
        source = book.find_source_cell("double_doubles", recorded.name, recorded.name)
        assert role.checksum == source.checksum
        assert HIDDEN_SENTENCE in source.source


def test_parts_are_the_level_two_headings(tmp_path: Path) -> None:
    cells = [
        cell("warm_up", "", grade=True, points=1),
        new_markdown_cell(
            "# Title\n\n## Part A (8 points): *rates*\n\n### Not this\n\n```\n## nor this\n```"
        ),
        cell("a1", "", grade=True, points=1),
        new_markdown_cell("## Part B: momentum"),
        cell("b1", "## an answer's heading", kind="markdown", grade=True, solution=True, points=1),
        new_markdown_cell("---\n## Part A (2 points): more"),
        cell("a2", "", grade=True, points=1),
        new_markdown_cell("## On your own"),
    ]
    nbformat.write(new_notebook(cells=cells), tmp_path / "parts.ipynb")
    assert read_parts(tmp_path / "parts.ipynb") == {"": ["warm_up"], "Part A": ["a1", "a2"], "Part B": ["b1"]}


def test_messages_are_short_and_plain() -> None:
    error = new_output("error", ename="ValueError", evalue="\x1b[31mred\x1b[0m\n\nsecond\nthird" + "x" * 500)
    assert message_of(error) == "ValueError: red\nsecond"
    error = new_output("error", ename="ClaimFailed", evalue="y" * 500)
    assert len(message_of(error)) == 160


def test_outputs_that_only_look_like_verdicts_are_not_shown() -> None:
    """A student's function prints during a hidden test, or raises what looks like a claim."""
    one = next(one for one in master().cells if one.id == "double_doubles")
    one.execution_count = 4
    text = "passed: Two becomes four.\npassed: 77345\n77345\n"
    hidden_line = one.source.split("\n").index("@checks.claim", 2) + 1
    one.outputs = [
        new_output("stream", name="stdout", text=text),
        new_output("display_data", data={"text/html": "77345"}),
        new_output(
            "error",
            ename="ClaimFailed",
            evalue="Two becomes four.\ngot 77345",
            traceback=[f"Cell In[4], line {hidden_line}\n"],
        ),
    ]
    _clean(one)
    assert [output.text for output in one.outputs] == [
        "passed: Two becomes four.\nfailed: Two becomes four.\n"
    ]
    assert "secret_name" not in one.source

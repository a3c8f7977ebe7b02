"""``assay build`` as an instructor meets it: what it makes, what it refuses, and what it leaves alone."""

from __future__ import annotations

import argparse
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_output

from assay.build import add_command, build, carry_back, check, orphans
from assay.course import Course
from assay.errors import AssayError
from assay.text import read_text


def snapshot(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()
    }


def command(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    add_command(parser.add_subparsers())
    options = parser.parse_args(["build", *arguments])
    return int(options.run(options))


def edit_in_lab(course: Course, change: Callable[[NotebookNode], Any] = lambda notebook: None) -> None:
    """Save the master as JupyterLab would after a run: new cell ids, outputs, state of the view, other formatting."""
    notebook = nbformat.read(course.master("tiny"), as_version=4)
    for number, cell in enumerate(notebook.cells):
        cell.id = str(uuid.uuid4())
        cell.metadata["editable"] = True
        cell.metadata["tags"] = []
        if cell.cell_type == "code":
            cell.execution_count = number + 1
            cell.outputs = [new_output("stream", name="stdout", text="seen\n")]
            cell.metadata.update(
                scrolled=True, collapsed=False, execution={"iopub.status.busy": "2024-01-01"}, trusted=True
            )
        else:
            cell.metadata["jp-MarkdownHeadingCollapsed"] = True
    notebook.metadata.language_info = {"name": "python", "version": "3.13.1", "file_extension": ".py"}
    change(notebook)
    course.master("tiny").write_text(nbformat.writes(notebook, indent=2, sort_keys=False), "utf-8")


def in_panel(notebook: NotebookNode) -> None:
    """What the Create Assignment panel does to another number of points."""
    cell = next(
        cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "square_test"
    )
    cell.metadata.nbgrader.points = 3


def in_cells(notebook: NotebookNode) -> None:
    notebook.cells[1].source = "# copy the list\n%matplotlib inline\n!ls\nimport math"
    notebook.cells.insert(3, new_markdown_cell("A new hint:\n\n    x * x\n"))
    notebook.cells[-1].source = 'print("%d of" % 3)'


# What a build makes


def test_a_build_makes_source_release_and_solutions(built: Course) -> None:
    files = snapshot(built.root)
    assert {name for name in files if not name.startswith(("nbgrader_config", "source/tiny.py"))} == {
        f"{area}/tiny/{name}"
        for area in ("source", "release", "solutions")
        for name in ("tiny.ipynb", "data.csv")
    }
    assert not list(built.root.rglob("gradebook.db"))
    assert all(
        data.endswith(b"}\n") and b"\r" not in data for name, data in files.items() if name.endswith(".ipynb")
    )


def test_the_master_has_no_outputs_and_a_stamp_that_the_release_lacks(built: Course) -> None:
    master = nbformat.read(built.master("tiny"), as_version=4)
    release = nbformat.read(built.release("tiny") / "tiny.ipynb", as_version=4)
    assert not any(cell.get("outputs") for cell in master.cells)
    assert set(master.metadata.assay) == {"digest"}
    assert "assay" not in release.metadata
    assert [cell.id for cell in release.cells] == [cell.id for cell in master.cells]
    assert next(cell for cell in release.cells if cell.id == "square").source.endswith(
        "raise NotImplementedError()"
    )


def test_the_solution_is_executed_and_shows_no_hidden_test(built: Course) -> None:
    solution = nbformat.read(built.solution("tiny") / "tiny.ipynb", as_version=4)
    cells = {cell.id: cell for cell in solution.cells}
    assert cells["square"].source.endswith("    product_of_both = x * x\n    return product_of_both")
    assert cells["square_test"].source == "assert square(2) == 4"
    assert cells["why_task"].source == "Why is a square never negative?"
    assert solution.cells[-1].outputs[0].text == "root 4.0\n"
    counts = [cell.execution_count for cell in solution.cells if cell.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1))
    assert all("execution" not in cell.metadata for cell in solution.cells)
    assert solution.metadata.language_info == {"name": "python"}


@pytest.mark.slow
def test_a_rebuild_gives_the_same_bytes_and_check_says_only_what_was_changed(
    built: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    (built.release("tiny") / "data.csv").write_text("other", "utf-8")
    (built.root / "release" / "gone").mkdir()
    before = snapshot(built.root)
    assert command("--check", "--course", str(built.root)) == 1
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "tiny: release/tiny/data.csv differs from what a build makes.",
        "release/gone has no text source/gone.py any more: delete the folder, or bring the text back.",
    ]
    assert snapshot(built.root) == before


def test_check_is_content_with_what_is_rebuilt(
    built: Course, no_kernels: None, capsys: pytest.CaptureFixture[str]
) -> None:
    build(built, "tiny")
    assert check(built, "tiny") == []
    assert command("--check", "--course", str(built.root)) == 0


def test_a_build_says_a_short_line_for_each_step(
    built: Course, no_kernels: None, capsys: pytest.CaptureFixture[str]
) -> None:
    before = snapshot(built.root)
    assert command("tiny", "--course", str(built.root)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "tiny: built"
    assert all(line.startswith("tiny: ") and len(line) < 80 for line in lines)
    after = snapshot(built.root)
    assert {name for name in before if before[name] != after[name]} == {"solutions/tiny/tiny.ipynb"}


def test_folders_without_a_text_are_named(built: Course) -> None:
    assert orphans(built) == []
    (built.root / "solutions" / "old").mkdir()
    assert orphans(built) == [
        "solutions/old has no text source/old.py any more: delete the folder, or bring the text back."
    ]


# What it refuses, leaving everything as it was


def test_an_unknown_assignment_and_a_missing_course_are_refused(course: Course, tmp_path: Path) -> None:
    with pytest.raises(AssayError, match=r"no assignment 'other'; the course has tiny"):
        command("other", "--course", str(course.root))
    with pytest.raises(AssayError, match=r"holds no nbgrader_config\.py"):
        command("tiny", "--course", str(tmp_path))
    with pytest.raises(AssayError, match="Name the assignment"):
        command("--from-notebook", "--course", str(course.root))
    with pytest.raises(AssayError, match=r"There is no source/other/other\.ipynb to carry back"):
        carry_back(course, "other")


def test_a_broken_configuration_is_refused(course: Course) -> None:
    (course.root / "nbgrader_config.py").write_text("c = get_config(\n", "utf-8")
    with pytest.raises(AssayError, match=r"nbgrader_config\.py cannot be loaded \(SyntaxError"):
        build(course, "tiny")


def test_a_configuration_that_leaves_the_stamp_is_refused(course: Course) -> None:
    config = course.root / "nbgrader_config.py"
    config.write_text(config.read_text("utf-8").replace("[DropBuildStamp, *", "[*"), "utf-8")
    with pytest.raises(AssayError, match=r"put assay\.build\.DropBuildStamp first"):
        build(course, "tiny")


def test_what_nbgrader_refuses_is_said_in_a_sentence(course: Course) -> None:
    config = course.root / "nbgrader_config.py"
    config.write_text(
        config.read_text("utf-8").replace("c.ClearMarkScheme.enforce_metadata = False\n", ""), "utf-8"
    )
    with pytest.raises(
        AssayError, match="nbgrader cannot make release/tiny: RuntimeError: Mark scheme region detected"
    ):
        build(course, "tiny")


@pytest.mark.parametrize(
    ("file", "content", "sentence"),
    [
        ("source/tiny.py", b"# %%\n\xff\n", "is not UTF-8"),
        ("source/tiny.py", b"x = 1\n", "has no cell"),
        ("source/tiny.py", b"# %%\nx = (\n", "does not parse"),
        ("source/tiny/tiny.ipynb", b'{"cells": [', "not a readable notebook .* assay build --force tiny"),
        ("source/tiny/tiny.ipynb", b'{"cells": {}, "nbformat": 4}', "not a readable notebook"),
        ("source/tiny/Untitled.ipynb", b"{}", "holds Untitled.ipynb, which nbgrader would hand to students"),
        ("source/tiny/tiny.py", None, "release/tiny/tiny.py holds a line of the solution"),
    ],
)
def test_a_build_that_fails_leaves_everything_as_it_was(
    built: Course, file: str, content: bytes | None, sentence: str
) -> None:
    (built.root / file).write_bytes(built.text("tiny").read_bytes() if content is None else content)
    before = snapshot(built.root)
    with pytest.raises(AssayError, match=sentence):
        build(built, "tiny")
    assert snapshot(built.root) == before
    assert {path.name for path in (built.root / "release").iterdir()} == {"tiny"}


@pytest.mark.slow
def test_a_solution_that_raises_is_refused_and_the_old_one_stays(built: Course) -> None:
    text = built.text("tiny")
    text.write_text(
        text.read_text("utf-8").replace('print("root", math.sqrt(16))', "raise ValueError('no')"), "utf-8"
    )
    before = snapshot(built.root)
    with pytest.raises(AssayError, match=r"solutions/tiny/tiny\.ipynb: code cell 9 .* raises ValueError: no"):
        build(built, "tiny")
    assert snapshot(built.root) == before


def test_one_assignment_that_fails_does_not_stop_the_others(
    built: Course, no_kernels: None, capsys: pytest.CaptureFixture[str]
) -> None:
    (built.root / "source" / "bad.py").write_text("nothing\n", "utf-8")
    assert command("--course", str(built.root)) == 1
    output = capsys.readouterr()
    assert "assay: bad: source/bad.py has no cell" in output.err
    assert "tiny: built" in output.out


# Edits in JupyterLab


def test_a_save_in_jupyterlab_is_no_edit(built: Course, no_kernels: None) -> None:
    edit_in_lab(built)
    build(built, "tiny")


@pytest.mark.parametrize("change", [in_panel, in_cells])
def test_an_edited_notebook_is_not_overwritten_in_silence(
    built: Course, change: Callable[[NotebookNode], Any]
) -> None:
    edit_in_lab(built, change)
    before = snapshot(built.root)
    with pytest.raises(
        AssayError,
        match=r"was edited since it was built: .* assay build --from-notebook tiny, .* --force tiny",
    ):
        build(built, "tiny")
    assert snapshot(built.root) == before


def test_force_discards_the_edits(built: Course, no_kernels: None) -> None:
    before = built.master("tiny").read_bytes()
    edit_in_lab(built, in_cells)
    build(built, "tiny", force=True)
    assert built.master("tiny").read_bytes() == before


def test_edits_in_cells_are_carried_back_and_nothing_is_lost(built: Course) -> None:
    header = built.text("tiny").read_text("utf-8").split("# %%")[0]
    edit_in_lab(built, in_cells)
    edited = nbformat.read(built.master("tiny"), as_version=4)
    carry_back(built, "tiny")
    text = built.text("tiny").read_text("utf-8")
    assert text.startswith(header)
    assert [(cell.cell_type, cell.source) for cell in read_text(text).cells] == [
        (cell.cell_type, cell.source) for cell in edited.cells
    ]
    assert [cell.metadata.get("nbgrader") for cell in read_text(text).cells] == [
        cell.metadata.get("nbgrader") for cell in edited.cells
    ]
    carry_back(built, "tiny")
    assert built.text("tiny").read_text("utf-8") == text


def test_a_small_edit_changes_only_its_lines_of_the_text(built: Course) -> None:
    carried = carried_text(built, lambda notebook: notebook.cells[-1].update(source="print(math.pi)"))
    old, new = built_text_lines(built), carried.splitlines()
    changed = [line for line in new if line not in old]
    assert changed == ["print(math.pi)"]


def carried_text(course: Course, change: Callable[[NotebookNode], Any]) -> str:
    # The first time, the keys of the cell headers are put in order.
    edit_in_lab(course, lambda notebook: notebook.cells[-1].update(source="x"))
    carry_back(course, "tiny")
    edit_in_lab(course, change)
    carry_back(course, "tiny")
    return course.text("tiny").read_text("utf-8")


def built_text_lines(course: Course) -> list[str]:
    edit_in_lab(course, lambda notebook: notebook.cells[-1].update(source="x"))
    carry_back(course, "tiny")
    return course.text("tiny").read_text("utf-8").splitlines()


def test_an_edit_in_the_panel_is_carried_back_and_built(built: Course, no_kernels: None) -> None:
    def change(notebook: NotebookNode) -> None:
        in_panel(notebook)
        notebook.cells[0].source = notebook.cells[0].source.replace("4.5", "5.5")
        notebook.cells[2].source = notebook.cells[2].source.replace("2 points", "3 points")

    edit_in_lab(built, change)
    assert command("--from-notebook", "tiny", "--course", str(built.root)) == 0
    assert '"points": 3' in built.text("tiny").read_text("utf-8")
    assert '"points": 3' in (built.release("tiny") / "tiny.ipynb").read_text("utf-8")
    build(built, "tiny")


def test_edits_that_break_a_rule_are_in_the_text_and_can_be_mended_in_the_notebook(
    built: Course, no_kernels: None
) -> None:
    edit_in_lab(built, in_panel)
    with pytest.raises(AssayError, match=r"says 4\.5 points, but the graded cells add up to 5\.5"):
        build(built, "tiny", from_notebook=True)
    assert '"points": 3' in built.text("tiny").read_text("utf-8")

    def mend(notebook: NotebookNode) -> None:
        notebook.cells[0].source = notebook.cells[0].source.replace("4.5", "5.5")
        notebook.cells[2].source = notebook.cells[2].source.replace("2 points", "3 points")

    edit_in_lab(built, mend)
    build(built, "tiny", from_notebook=True)


def test_edits_on_both_sides_are_refused_unless_one_is_given_up(built: Course) -> None:
    edit_in_lab(built, in_cells)
    text = built.text("tiny")
    text.write_text(text.read_text("utf-8").replace("tiny assignment", "tiny exercise"), "utf-8")
    before = snapshot(built.root)
    with pytest.raises(AssayError, match=r"Both source/tiny\.py and source/tiny/tiny\.ipynb were edited"):
        carry_back(built, "tiny")
    assert snapshot(built.root) == before
    carry_back(built, "tiny", force=True)
    assert "tiny assignment" in text.read_text("utf-8")


def test_a_text_edited_alone_is_not_overwritten_from_the_notebook(built: Course) -> None:
    text = built.text("tiny")
    text.write_text(text.read_text("utf-8").replace("tiny assignment", "tiny exercise"), "utf-8")
    with pytest.raises(AssayError, match="and the notebook was not: run assay build tiny"):
        carry_back(built, "tiny")
    assert "tiny exercise" in text.read_text("utf-8")


def test_what_the_text_cannot_hold_is_refused_and_nothing_is_written(built: Course) -> None:
    def attach(notebook: NotebookNode) -> None:
        notebook.cells[0].attachments = {"a.png": {"image/png": "aGVsbG8="}}

    edit_in_lab(built, attach)
    before = snapshot(built.root)
    with pytest.raises(AssayError, match=r"attachment a\.png"):
        carry_back(built, "tiny")
    with pytest.raises(AssayError, match="was edited since it was built"):
        build(built, "tiny")
    assert snapshot(built.root) == before


def test_a_damaged_notebook_is_not_carried_back(built: Course) -> None:
    built.master("tiny").write_text("{", "utf-8")
    with pytest.raises(AssayError, match="is not a readable notebook"):
        carry_back(built, "tiny")


def test_a_notebook_without_a_text_becomes_one(built: Course) -> None:
    cells = read_text(built.text("tiny").read_text("utf-8")).cells
    built.text("tiny").unlink()
    edit_in_lab(built)
    carry_back(built, "tiny")
    assert read_text(built.text("tiny").read_text("utf-8")).cells == cells

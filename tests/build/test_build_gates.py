"""Each gate is seen red for what it is there for, and green on the same thing without it."""

from __future__ import annotations

import base64
import gzip
import io
import json
import shutil
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from assay import gates
from assay.course import Course
from assay.errors import AssayError
from assay.running import merged_streams, run_notebook
from assay.text import read_text

SOLUTION_LINE = "product_of_both = x * x"
HIDDEN_LINE = 'assert square(-3.5) == 12.25, "a hidden claim"'
RUBRIC_LINE = "- 1 point for naming both signs"
ANSWER_LINE = "Both factors have the same sign, so their product is not negative."


@pytest.fixture
def release(built: Course) -> Path:
    return built.release("tiny")


def leak(tiny_text: str, folder: Path) -> None:
    gates.gate_no_leak(gates.secret_lines(read_text(tiny_text)), folder, "release/tiny")


def edit(folder: Path, change: Callable[[NotebookNode], Any]) -> None:
    path = folder / "tiny.ipynb"
    notebook = nbformat.read(path, as_version=4)
    change(notebook)
    path.write_text(nbformat.writes(notebook), "utf-8")


def cell(notebook: NotebookNode, name: str) -> NotebookNode:
    return next(one for one in notebook.cells if one.metadata.get("nbgrader", {}).get("grade_id") == name)


def test_secrets_are_the_lines_that_students_see_nowhere_else(tiny_text: str) -> None:
    secrets = {secret.line: secret.what for secret in gates.secret_lines(read_text(tiny_text))}
    assert secrets == {
        SOLUTION_LINE: "solution",
        "return product_of_both": "solution",
        HIDDEN_LINE: "hidden test",
        RUBRIC_LINE: "mark scheme",
        ANSWER_LINE: "model answer",
    }
    shown = tiny_text.replace("import math", f"import math\n# try this\n{SOLUTION_LINE}")
    assert SOLUTION_LINE not in {secret.line for secret in gates.secret_lines(read_text(shown))}
    trivial = tiny_text.replace("return product_of_both", "return x").replace(SOLUTION_LINE, "x = x * x")
    assert len(gates.secret_lines(read_text(trivial))) == 3


def test_a_published_solution_keeps_tests_and_mark_schemes_to_itself(tiny_text: str) -> None:
    found = gates.secret_lines(read_text(tiny_text), solutions=False)
    assert {secret.what for secret in found} == {"hidden test", "mark scheme"}


def test_a_clean_release_passes_the_leak_gate(tiny_text: str, release: Path) -> None:
    leak(tiny_text, release)


@pytest.mark.parametrize(
    "line", [SOLUTION_LINE, "return product_of_both", HIDDEN_LINE, RUBRIC_LINE, ANSWER_LINE]
)
def test_a_line_in_a_source_leaks(tiny_text: str, release: Path, line: str) -> None:
    edit(release, lambda notebook: cell(notebook, "square").update(source=f"# for you:\n    {line}"))
    with pytest.raises(AssayError, match=r"tiny\.ipynb, cell 'square' \(source\)") as refused:
        leak(tiny_text, release)
    assert line in str(refused.value)


def test_a_line_inside_a_longer_one_leaks_whatever_its_blanks(tiny_text: str, release: Path) -> None:
    edit(release, lambda notebook: cell(notebook, "square").update(source="say('product_of_both  =  x * x')"))
    with pytest.raises(AssayError, match="product_of_both"):
        leak(tiny_text, release)


def test_a_line_in_an_output_leaks(tiny_text: str, release: Path) -> None:
    def plant(notebook: NotebookNode) -> None:
        html = "<pre>" + HIDDEN_LINE.replace('"', "&quot;") + "</pre>"
        cell(notebook, "square").outputs = [new_output("display_data", data={"text/html": html})]

    edit(release, plant)
    with pytest.raises(
        AssayError, match=r"cell 'square' \(outputs\) holds a line of the hidden test in cell 'square_test'"
    ):
        leak(tiny_text, release)


def test_a_line_in_metadata_leaks(tiny_text: str, release: Path) -> None:
    edit(release, lambda notebook: cell(notebook, "square").metadata.update(note={"was": [HIDDEN_LINE]}))
    with pytest.raises(AssayError, match=r"cell 'square' \(metadata\)"):
        leak(tiny_text, release)
    edit(release, lambda notebook: cell(notebook, "square").metadata.pop("note"))
    edit(release, lambda notebook: notebook.metadata.update(note=json.dumps({"was": HIDDEN_LINE})))
    with pytest.raises(AssayError, match=r"release/tiny/tiny\.ipynb holds a line of the hidden test"):
        leak(tiny_text, release)


def test_a_line_in_an_attachment_leaks(tiny_text: str, release: Path) -> None:
    def plant(notebook: NotebookNode) -> None:
        data = base64.b64encode(f"first\n{ANSWER_LINE}\n".encode()).decode()
        cell(notebook, "why").attachments = {"notes.txt": {"text/plain": data}}

    edit(release, plant)
    with pytest.raises(AssayError, match=r"cell 'why' \(attachments\) holds a line of the model answer"):
        leak(tiny_text, release)


def packed(kind: str, text: str) -> bytes:
    buffer = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("inner.py", text)
    elif kind == "tar.gz":
        with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
            member = tarfile.TarInfo("inner.py")
            member.size = len(text.encode())
            tar.addfile(member, io.BytesIO(text.encode()))
    elif kind == "gz":
        return gzip.compress(text.encode())
    elif kind == "bin":
        return b"\x00\xff\x89PNG" + text.encode() + b"\xfe\x00"
    elif kind == "json":
        return json.dumps({"text": f"a\n{text}"}).encode()
    elif kind == "log":
        return repr(f"a\n{text}\n").encode()
    else:
        return text.encode()
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["py", "zip", "tar.gz", "gz", "bin", "json", "log"])
def test_a_copied_file_leaks(tiny_text: str, release: Path, kind: str) -> None:
    (release / "sub").mkdir()
    (release / "sub" / f"helper.{kind}").write_bytes(packed(kind, f"    {HIDDEN_LINE}\n"))
    with pytest.raises(AssayError, match=r"release/tiny/sub/helper\..* holds a line of the hidden test"):
        leak(tiny_text, release)
    (release / "sub" / f"helper.{kind}").write_bytes(packed(kind, "x = 1\n"))
    leak(tiny_text, release)


def test_a_delimiter_left_in_the_release_is_a_leak(tiny_text: str, release: Path) -> None:
    (release / "notes.txt").write_text("### BEGIN HIDDEN TESTS\n", "utf-8")
    with pytest.raises(AssayError, match="holds the delimiter BEGIN HIDDEN TESTS"):
        leak(tiny_text, release)


def test_many_leaks_are_counted(tiny_text: str, release: Path) -> None:
    for number in range(15):
        (release / f"{number}.txt").write_text(HIDDEN_LINE, "utf-8")
    with pytest.raises(AssayError, match="and 5 more"):
        leak(tiny_text, release)


def test_a_stamp_left_in_the_release_is_refused() -> None:
    gates.gate_no_stamp(new_notebook(), "release/tiny/tiny.ipynb")
    with pytest.raises(AssayError, match="DropBuildStamp first"):
        gates.gate_no_stamp(new_notebook(metadata={"assay": {"digest": "x"}}), "release/tiny/tiny.ipynb")


@pytest.mark.slow
def test_a_broken_solution_does_not_validate(built: Course) -> None:
    folder = built.source("tiny")
    edit(
        folder,
        lambda notebook: cell(notebook, "square").update(source="def square(x):\n    return abs(x) * 2\n"),
    )
    with pytest.raises(AssayError, match=r"cell 'square_test': failed, AssertionError: a hidden claim"):
        gates.gate_validates(folder, "tiny.ipynb", "source/tiny/tiny.ipynb", built.config())


@pytest.mark.slow
def test_a_release_that_passes_or_breaks_untouched_is_refused(built: Course, release: Path) -> None:
    def plant(notebook: NotebookNode) -> None:
        cell(notebook, "square_test").source = "assert callable(square)"
        notebook.cells[-1].source = "print(never_bound)"

    edit(release, plant)
    with pytest.raises(AssayError) as refused:
        gates.gate_untouched_earns_nothing(release, "tiny.ipynb", "release/tiny/tiny.ipynb")
    assert "cell 'square_test' gives 2 points" in str(refused.value)
    assert "raises NameError: name 'never_bound' is not defined" in str(refused.value)


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        (
            new_output("stream", name="stderr", text="careful\nthen\n"),
            r"a\.ipynb: code cell 1 .* writes to stderr \(careful\)",
        ),
        (
            new_output("execute_result", data={"text/plain": "<object at 0x7f12345678>"}),
            r"memory address \(at 0x7f12345678\)",
        ),
        (new_output("stream", name="stdout", text="<f at 0x7f12345678>"), "end the line with ';'"),
    ],
)
def test_an_output_that_warns_or_changes_with_every_run_is_refused(
    output: NotebookNode, sentence: str
) -> None:
    gates.gate_outputs_are_clean(
        new_notebook(cells=[new_code_cell("x", outputs=[new_output("stream", text="1")])]), "a.ipynb"
    )
    with pytest.raises(AssayError, match=sentence):
        gates.gate_outputs_are_clean(new_notebook(cells=[new_code_cell("x", outputs=[output])]), "a.ipynb")


@pytest.mark.slow
def test_a_cell_that_never_ends_or_kills_its_kernel_is_named(tmp_path: Path) -> None:
    endless = new_notebook(cells=[new_code_cell("x = 1"), new_code_cell("while True:\n    pass")])
    with pytest.raises(AssayError, match=r"code cell 2 \('while True:'\) takes longer than 1 s"):
        run_notebook(endless, tmp_path, "a.ipynb", timeout=1)
    deadly = new_notebook(cells=[new_code_cell("import os\nos._exit(1)")])
    with pytest.raises(AssayError, match="the kernel dies in code cell 1"):
        run_notebook(deadly, tmp_path, "a.ipynb")


def test_a_build_that_was_not_touched_is_what_a_rebuild_gives(built: Course) -> None:
    gates.gate_rebuilt(built.root, built.root, "tiny")


@pytest.mark.parametrize(
    ("area", "change", "sentence"),
    [
        (
            "source",
            lambda notebook: notebook.cells[0].update(source="edited"),
            r"source/tiny/tiny\.ipynb differs .* \(source\)",
        ),
        (
            "source",
            lambda notebook: notebook.metadata.update(x=1),
            "not in a cell but in the notebook's metadata",
        ),
        (
            "release",
            lambda notebook: notebook.cells[0].metadata.update(x=1),
            r"release/tiny/tiny\.ipynb .* \(metadata\)",
        ),
        (
            "release",
            lambda notebook: notebook.cells.append(new_code_cell("x")),
            "which has 9 cells and not 10",
        ),
        (
            "solutions",
            lambda notebook: notebook.cells[-1].outputs.clear(),
            r"solutions/tiny/tiny\.ipynb .* \(outputs\)",
        ),
    ],
)
def test_an_edited_derived_notebook_is_not_what_a_rebuild_gives(
    built: Course, built_once: Path, area: str, change: Callable[[NotebookNode], Any], sentence: str
) -> None:
    edit(built.root / area / "tiny", change)
    with pytest.raises(AssayError, match=sentence):
        gates.gate_rebuilt(built.root, built_once, "tiny")


def test_missing_and_extra_files_are_not_what_a_rebuild_gives(built: Course, built_once: Path) -> None:
    (built.release("tiny") / "data.csv").unlink()
    (built.solution("tiny") / "extra.txt").write_text("x", "utf-8")
    (built.solution("tiny") / "data.csv").write_text("x", "utf-8")
    built.master("tiny").unlink()
    assert list(gates.rebuild_differences(built.root, built_once, "tiny")) == [
        "source/tiny/tiny.ipynb is missing.",
        "release/tiny/data.csv is missing.",
        "solutions/tiny/data.csv differs from what a build makes.",
        "solutions/tiny/extra.txt is not made by a build.",
    ]


def test_pictures_of_a_solution_may_differ_and_those_of_a_release_may_not(
    built: Course, tmp_path: Path
) -> None:
    def picture(data: str) -> Callable[[NotebookNode], Any]:
        output = new_output("display_data", data={"image/png": data, "text/plain": "<Figure>"})
        return lambda notebook: notebook.cells[-1].update(outputs=[output])

    for area in ("release", "solutions"):
        edit(built.root / area / "tiny", picture("aGVsbG8="))
    other = Course(tmp_path / "other")
    shutil.copytree(built.root, other.root)
    for area in ("release", "solutions"):
        edit(other.root / area / "tiny", picture("d29ybGQ="))
    found = list(gates.rebuild_differences(built.root, other.root, "tiny"))
    assert len(found) == 1
    assert found[0].startswith("release/tiny/tiny.ipynb")


def test_outputs_that_depend_on_the_run_may_differ_but_not_be_missing(built: Course, tmp_path: Path) -> None:
    def says(*texts: str) -> Callable[[NotebookNode], Any]:
        outputs = [new_output("stream", name="stdout", text=text) for text in texts]
        return lambda notebook: notebook.cells[-1].update(
            outputs=outputs, metadata={"tags": ["nbval-ignore-output"]}
        )

    others = {}
    for name, texts in {"other": ["0.5"], "none": []}.items():
        others[name] = Course(tmp_path / name)
        shutil.copytree(built.root, others[name].root)
        edit(others[name].root / "solutions" / "tiny", says(*texts))
    edit(built.root / "solutions" / "tiny", says("0.9"))
    assert list(gates.rebuild_differences(built.root, others["other"].root, "tiny")) == []
    missing = list(gates.rebuild_differences(others["none"].root, built.root, "tiny"))
    assert len(missing) == 1
    assert "solutions/tiny/tiny.ipynb" in missing[0]


def test_pieces_of_a_stream_are_joined_and_only_neighbours() -> None:
    outputs = [
        new_output("stream", name="stdout", text="a"),
        new_output("stream", name="stdout", text="b\n"),
        new_output(
            "stream", name="stderr", text="Matplotlib is building the font cache; this may take a moment.\n"
        ),
        new_output("stream", name="stdout", text="c"),
        new_output("display_data", data={"text/plain": "d"}),
        new_output("stream", name="stdout", text="e"),
    ]
    assert [output.get("text", "-") for output in merged_streams(outputs)] == ["ab\nc", "-", "e"]

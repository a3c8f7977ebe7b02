"""A text and its notebook say the same, or the way between them is refused."""

from __future__ import annotations

import re
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from assay.errors import AssayError
from assay.text import DEFAULT_HEADER, digest, notebook_json, read_text, tidy, write_text

MAKERS = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}


def content(notebook: NotebookNode) -> list[tuple[str, str, Any]]:
    return [(cell.cell_type, cell.source, cell.metadata) for cell in notebook.cells]


def notebook_of(*cells: NotebookNode) -> NotebookNode:
    return new_notebook(cells=list(cells))


NASTY_LINES = st.sampled_from(
    [
        "x = 1",
        "    return x",
        "def f():",
        "# copy the list",
        "# ls",
        "%matplotlib inline",
        "# %matplotlib inline",
        "  %timeit f()",
        "%%time",
        "!pip list",
        "?print",
        "print?",
        "# %%",
        "# %% [markdown]",
        "%%",
        "# # heading",
        "## heading",
        "# +",
        "'''",
        '"""',
        "```",
        "---",
        "",
        "  ",
        "\ttab",
        "ünïcödé λ",
        "\x0c",
        "# In[3]:",
        "#",
        "a = %time 3",
    ]
)
SOURCES = st.lists(NASTY_LINES, max_size=6).map("\n".join) | st.text(max_size=30)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-9, 9) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
METADATA = st.dictionaries(
    st.sampled_from(["nbgrader", "tags", "name", "title", "active", "language", "slideshow", "a.b"])
    | st.text(max_size=4),
    JSON,
    max_size=3,
)
CELLS = st.lists(
    st.builds(
        lambda kind, source, metadata: (kind, source, metadata),
        st.sampled_from(sorted(MAKERS)),
        SOURCES,
        METADATA,
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=300, deadline=None)
@given(CELLS)
def test_any_notebook_survives_the_way_into_the_text_and_back_or_is_refused(
    cells: list[tuple[str, str, Any]],
) -> None:
    notebook = notebook_of(*(MAKERS[kind](source=source) for kind, source, _ in cells))
    for cell, (_, _, metadata) in zip(notebook.cells, cells, strict=True):
        cell.metadata = nbformat.from_dict(metadata)
    try:
        text = write_text(notebook)
        back = read_text(text)
    except AssayError:
        return
    assert content(back) == content(tidy(notebook))
    assert digest(back) == digest(notebook)
    assert write_text(back, old_text=text) == text


ORDINARY = st.lists(
    st.sampled_from(
        [
            "x = 1",
            "    y = 2",
            "# copy it",
            "%matplotlib inline",
            "!ls",
            "# # %magic",
            "",
            "  %timeit x",
            "## title",
            "$a_b$",
            "é",
        ]
    ),
    max_size=6,
).map(lambda lines: "\n".join([*lines, "end"]))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(sorted(MAKERS)), ORDINARY | st.just("")), min_size=1, max_size=5))
def test_an_ordinary_notebook_is_never_refused(cells: list[tuple[str, str]]) -> None:
    notebook = notebook_of(
        *(MAKERS[kind](source=source, metadata={"tags": ["a b"]}) for kind, source in cells)
    )
    assert content(read_text(write_text(notebook))) == content(tidy(notebook))


def test_a_text_keeps_its_header_and_its_blank_lines(tiny_text: str) -> None:
    notebook = read_text(tiny_text)
    header = tiny_text[: tiny_text.index("# %% [markdown]")]
    assert content(read_text(write_text(notebook, header, tiny_text))) == content(notebook)
    assert write_text(notebook, header, tiny_text).startswith(header)


def test_a_comment_is_not_taken_for_a_shell_command_and_a_magic_is_commented(tiny_text: str) -> None:
    cell = read_text(tiny_text).cells[1]
    assert cell.source == "# copy the list before you change it\n%load_ext autoreload\nimport math"
    assert "\n# %load_ext autoreload\n" in write_text(notebook_of(cell))


def test_ids_come_from_grade_ids_and_are_unique_and_valid() -> None:
    long = "g" * 80
    grade_ids = ["a", None, None, "a-1", None, long, long + "x", None, "a"]
    cells = [
        new_code_cell("x", metadata={"nbgrader": {"grade_id": name}} if name else {}) for name in grade_ids
    ]
    ids = [cell.id for cell in tidy(notebook_of(*cells)).cells]
    assert ids[:3] == ["a", "a-1", "a-2"]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", name) for name in ids)
    assert ids == [cell.id for cell in tidy(notebook_of(*cells)).cells]


def test_the_notebook_is_minimal_and_valid(tiny_text: str) -> None:
    notebook = read_text(tiny_text)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.language_info == {"name": "python"}
    assert notebook.metadata.kernelspec.name == "python3"
    written = notebook_json(notebook)
    assert written.endswith("}\n")
    assert not written.endswith("\n\n")


def test_the_state_of_a_view_does_not_enter_the_text() -> None:
    state = {
        "execution": {"iopub.execute_input": "2024"},
        "ExecuteTime": {"a": 1},
        "scrolled": True,
        "trusted": True,
        "collapsed": False,
        "jp-MarkdownHeadingCollapsed": True,
        "jupyter": {"source_hidden": True},
        "editable": False,
        "deletable": False,
        "tags": [],
    }
    seen, plain = (
        new_code_cell("x", metadata=state | {"slideshow": {"slide_type": "slide"}}),
        new_code_cell("x"),
    )
    plain.metadata["slideshow"] = {"slide_type": "slide"}
    assert write_text(notebook_of(seen)) == write_text(notebook_of(plain))
    assert digest(notebook_of(seen)) == digest(notebook_of(plain))


def test_outputs_ids_and_number_formats_do_not_change_the_digest() -> None:
    one = new_code_cell("x", metadata={"nbgrader": {"points": 2}})
    other = new_code_cell("x", metadata={"nbgrader": {"points": 2.0}}, execution_count=3)
    other.outputs = [nbformat.v4.new_output("stream", text="hello")]
    assert digest(notebook_of(one)) == digest(notebook_of(other))
    other.metadata.nbgrader.points = 3
    assert digest(notebook_of(one)) != digest(notebook_of(other))


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (
            new_markdown_cell("![](attachment:a.png)", attachments={"a.png": {"image/png": "aGk="}}),
            r"cell 1 \('!\[\].* attachment a.png",
        ),
        (new_code_cell("x\n"), "delete the blank lines at its end"),
        (new_code_cell("x = 1\n# %% not a cell"), "does not survive"),
        (new_code_cell("x\x0cy"), "control character"),
        (new_code_cell("x", metadata={"a key with blanks": 1}), "metadata that the text cannot hold"),
    ],
)
def test_what_the_text_cannot_hold_is_refused_with_the_cell(cell: NotebookNode, said: str) -> None:
    with pytest.raises(AssayError, match=said):
        write_text(notebook_of(cell, new_code_cell("last")))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the text has no cell"),
        ("x = 1\n", "the text has no cell"),
        ("import os\n# %%\nx = 1\n", "code in line 1, before the first cell"),
        ('# %% nbgrader={"grade": tru}\nx = 1\n', "header of cell 1"),
        ('# %%\ns = """\n# %% [markdown]\n# text\n', "should begin a new cell"),
    ],
)
def test_a_text_that_is_not_valid_is_refused(text: str, said: str) -> None:
    with pytest.raises(AssayError, match=said):
        read_text(text)


def test_the_default_header_is_a_header(tiny_text: str) -> None:
    assert write_text(read_text(tiny_text)).startswith(DEFAULT_HEADER)

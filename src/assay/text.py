"""The py:percent text of a notebook and the notebook of a text, without a loss either way or not at all.

jupytext reads and writes the format. What is added here: magics are commented out by a rule that never takes a comment
such as ``# copy the list`` for a shell command, cell ids come from grade ids, and every text written is read back
and compared before it is handed out.
"""

from __future__ import annotations

import hashlib
import json
import re
import warnings
from collections.abc import Iterable
from typing import Any

import nbformat
from nbformat import NotebookNode, ValidationError
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from assay.cells import cell_name, grade_id
from assay.errors import AssayError

DEFAULT_HEADER = """\
# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

"""

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE_INFO = {"name": "python"}

_FORMAT = {
    "extension": ".py",
    "format_name": "percent",
    "comment_magics": False,
    "notebook_metadata_filter": "-all",
    "cell_metadata_filter": "all",
    "root_level_metadata_as_raw_cell": False,
}
# jupytext looks for an encoding line and a YAML header in front of the first cell; this one keeps it from finding any in a cell.
_GUARD = "# ---\n# jupyter: {}\n# ---\n\n"

_MARKER = re.compile(r"^\s*#\s*(%%+(\s|$)|<codecell>\s*$|In\[[0-9 ]*\]:?\s*$)")
_MAGIC = re.compile(r"^(\s*)((?:# )*(?:%{1,2}[A-Za-z]|[!?]\s*[A-Za-z.~$\\/{]))")
_COMMENTED_MAGIC = re.compile(r"^(\s*)# ((?:# )*(?:%{1,2}[A-Za-z]|[!?]\s*[A-Za-z.~$\\/{]))")

# Metadata that tells how a cell was last looked at or run, or that nbgrader or jupytext writes by itself.
_STATE = {
    "ExecuteTime",
    "autoscroll",
    "cell_marker",
    "collapsed",
    "deletable",
    "editable",
    "execution",
    "heading_collapsed",
    "lines_to_end_of_cell_marker",
    "lines_to_next_cell",
    "papermill",
    "scrolled",
    "trusted",
    "vscode",
}
_JUPYTER_STATE = {"outputs_hidden", "source_hidden"}
_MAX_ID = 64


def read_text(text: str, name: str = "the text") -> NotebookNode:
    """The notebook of a py:percent text: no outputs, ids made from grade ids, the smallest notebook metadata.

    Raises
    ------
    AssayError
        When the text has no cell, has code in front of the first cell, or a cell header that cannot be read; ``name``
        names the text in the message.
    """
    _, body = split_header(text, name)
    cells = _read_cells(body, name)
    for index, cell in enumerate(cells):
        for line in cell.source.split("\n") if cell.cell_type == "code" else ():
            if _MARKER.match(line):
                raise AssayError(
                    f"{name}: {cell_name(cell, index)} holds the line {line.strip()!r}, which should begin a new cell: "
                    "close the triple-quoted string before it, or write the line otherwise."
                )
    return tidy(new_notebook(cells=cells))


def write_text(notebook: NotebookNode, header: str = DEFAULT_HEADER, old_text: str = "") -> str:
    """The py:percent text of a notebook; ``old_text`` gives the blank lines between cells that are still the same.

    Raises
    ------
    AssayError
        When a cell holds something that the text cannot: an attachment, or a source or metadata that would read back
        differently.
    """
    wanted = tidy(notebook)
    for index, cell in enumerate(notebook.cells):
        if cell.get("attachments"):
            raise AssayError(
                f"{cell_name(cell, index)} has the attachment {', '.join(cell.attachments)}, which the text cannot hold: "
                "put the picture as a file into the assignment's folder and link to it."
            )
    spaced = _with_spacing(wanted, old_text)
    try:
        body = _to_percent(spaced)
    except Exception as error:
        # jupytext breaks off in many ways on metadata under a name that means something to it; say which cell it was.
        for index, cell in enumerate(spaced.cells):
            try:
                _to_percent(new_notebook(cells=[cell]))
            except Exception:
                raise _unfit_metadata(cell, index) from error
        raise
    text = header + body.rstrip("\n") + "\n"
    _compare(wanted.cells, _read_cells(split_header(text, "the text")[1], "the text"))
    return text


def split_header(text: str, name: str) -> tuple[str, str]:
    """The comment block in front of the first cell, and the cells.

    Raises
    ------
    AssayError
        When there is no cell, or something other than comments in front of the first one.
    """
    lines = text.splitlines(keepends=True)
    first = next((number for number, line in enumerate(lines) if re.match(r"^\s*#\s*%%+(\s|$)", line)), None)
    if first is None:
        raise AssayError(f"{name} has no cell: begin each with a line such as '# %%' or '# %% [markdown]'.")
    for number, line in enumerate(lines[:first]):
        if line.strip() and not line.startswith("#"):
            raise AssayError(
                f"{name} has code in line {number + 1}, before the first cell: put a line '# %%' above it."
            )
    return "".join(lines[:first]), "".join(lines[first:])


def tidy(notebook: NotebookNode) -> NotebookNode:
    """A copy with what counts only: cell types, sources, kept metadata; ids from grade ids; no outputs."""
    cells = [
        _tidy_cell(cell, index, identifier)
        for index, (cell, identifier) in enumerate(
            zip(notebook.cells, _identifiers(notebook.cells), strict=True)
        )
    ]
    metadata = {"kernelspec": dict(KERNELSPEC), "language_info": dict(LANGUAGE_INFO)}
    return new_notebook(cells=cells, metadata=metadata, nbformat_minor=5)


def _tidy_cell(cell: NotebookNode, index: int, identifier: str) -> NotebookNode:
    makers = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}
    try:
        return makers[cell.cell_type](
            source=cell.source, metadata=kept_metadata(cell.metadata), id=identifier
        )
    except ValidationError as error:
        reason = str(error).split("\n")[0]
        raise AssayError(
            f"{cell_name(cell, index)} is not valid in a notebook ({reason}): mend its metadata."
        ) from error


def kept_metadata(metadata: Any) -> dict[str, Any]:
    """The metadata of a cell without what is only the state of a view or of a run."""
    kept: dict[str, Any] = {}
    for key, value in metadata.items():
        if key in _STATE or key.startswith("jp-") or (key == "tags" and not value):
            continue
        if key == "jupyter" and isinstance(value, dict):
            value = {inner: item for inner, item in value.items() if inner not in _JUPYTER_STATE}
            if not value:
                continue
        kept[key] = _plain(value)
    return dict(sorted(kept.items()))


def digest(notebook: NotebookNode) -> str:
    """A short digest of what counts in a notebook; equal for a notebook and the same one saved by JupyterLab."""
    content = [
        [cell.cell_type, cell.source, kept_metadata(cell.metadata), cell.get("attachments") or {}]
        for cell in notebook.cells
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:32]


def notebook_json(notebook: NotebookNode) -> str:
    """The file of a notebook: sorted keys, LF, one newline at the end."""
    return nbformat.writes(notebook, version=4).rstrip("\n") + "\n"


def _to_percent(notebook: NotebookNode) -> str:
    import jupytext

    with warnings.catch_warnings():
        # jupytext warns of metadata that it leaves out; the comparison afterwards refuses it.
        warnings.simplefilter("ignore")
        return jupytext.writes(notebook, _FORMAT)


def _unfit_metadata(cell: NotebookNode, index: int) -> AssayError:
    return AssayError(
        f"{cell_name(cell, index)} has metadata that the text cannot hold ({', '.join(cell.metadata)}): "
        "give it simple names and values, or delete it."
    )


def _read_cells(body: str, name: str) -> list[NotebookNode]:
    import jupytext

    try:
        cells = jupytext.reads(_GUARD + body, _FORMAT).cells
    except Exception as error:
        raise AssayError(f"{name} cannot be read as py:percent text: {error}") from error
    for index, cell in enumerate(cells):
        if "incorrectly_encoded_metadata" in cell.metadata:
            raise AssayError(
                f"{name}: the header of cell {index + 1} holds {cell.metadata['incorrectly_encoded_metadata']!r}, which is not "
                "key=value with the value in JSON: mend that line."
            )
        if cell.cell_type == "code":
            cell.source = _map_lines(cell.source, lambda line: _COMMENTED_MAGIC.sub(r"\1\2", line))
    return cells


def _with_spacing(notebook: NotebookNode, old_text: str) -> NotebookNode:
    """A copy for jupytext: magics commented out, and as many blank lines after a cell as it had in the old text."""
    spacing: dict[tuple[str, str], int] = {}
    if old_text:
        try:
            for cell in _read_cells(split_header(old_text, "the text")[1], "the text"):
                if "lines_to_next_cell" in cell.metadata:
                    spacing[cell.cell_type, cell.source] = cell.metadata["lines_to_next_cell"]
        except AssayError:
            # A text that cannot be read has no spacing worth keeping.
            spacing = {}
    spaced = nbformat.from_dict(notebook)
    for cell in spaced.cells:
        lines = spacing.get((cell.cell_type, cell.source))
        if lines is None and cell.source.endswith("\n"):
            # Two blank lines after a cell that itself ends in blank lines would be read as part of the cell.
            lines = 1
        if lines is not None:
            cell.metadata["lines_to_next_cell"] = lines
        if cell.cell_type == "code":
            cell.source = _map_lines(cell.source, lambda line: _MAGIC.sub(r"\1# \2", line))
    return spaced


def _compare(wanted: list[NotebookNode], found: list[NotebookNode]) -> None:
    for index, cell in enumerate(wanted):
        got = found[index] if index < len(found) else None
        if got is not None and (got.cell_type, got.source) == (cell.cell_type, cell.source):
            if kept_metadata(got.metadata) == cell.metadata:
                continue
            raise _unfit_metadata(cell, index)
        advice = (
            "delete the blank lines at its end"
            if cell.source.endswith("\n")
            else "look for a line that begins with '# %%' or '%%', an unclosed triple-quoted string, or a control character"
        )
        raise AssayError(
            f"{cell_name(cell, index)} does not survive the way into the text and back: {advice}."
        )
    if len(found) > len(wanted):
        raise AssayError(
            "The last cell does not survive the way into the text and back: it would be read as two cells."
        )


def _identifiers(cells: Iterable[NotebookNode]) -> list[str]:
    taken: set[str] = set()
    identifiers = []
    before, counter = "start", 0
    for cell in cells:
        own = grade_id(cell)
        if re.fullmatch(r"[a-zA-Z0-9_-]+", own):
            before, counter = own, 0
            identifier = _short(own)
        else:
            counter += 1
            identifier = _short(f"{before}-{counter}")
        while identifier in taken:
            counter += 1
            identifier = _short(f"{before}-{counter}")
        taken.add(identifier)
        identifiers.append(identifier)
    return identifiers


def _short(identifier: str) -> str:
    if len(identifier) <= _MAX_ID:
        return identifier
    return f"{identifier[: _MAX_ID - 9]}-{hashlib.sha256(identifier.encode()).hexdigest()[:8]}"


def _plain(value: Any) -> Any:
    """The value as JupyterLab would save it: sorted keys, and a whole number without a decimal point."""
    if isinstance(value, dict):
        return {key: _plain(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _map_lines(source: str, change: Any) -> str:
    return "\n".join(change(line) for line in source.split("\n"))

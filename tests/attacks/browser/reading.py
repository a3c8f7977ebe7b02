"""Reads the hostile cells of a file of this folder; README.md says how they are written."""

import ast
import json
import re
from pathlib import Path

import nbformat

_MARK = re.compile(r"^# %%(?: \[(markdown|raw)\])?$")
_FIELD = re.compile(r"^# (metadata|attachments|outputs): (.*)$")


def hostile_files():
    """All hostile files, in the order of their names."""
    return sorted(path for path in Path(__file__).parent.glob("*.py") if path.name != Path(__file__).name)


def purpose(path):
    """The sentence that says what a file tries."""
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def hostile_cells(path):
    """The cells of one file, with the metadata, attachments and outputs that a student would hand in."""
    return hostile_notebook(path).cells


def hostile_notebook(path):
    """The notebook of one file, with its own hostile metadata where it has some."""
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    starts = [number for number, line in enumerate(lines) if _MARK.match(line)]
    head = lines[: starts[0]]
    if "# group: browser" not in head:
        raise ValueError(f"{Path(path).name} does not name its group.")
    metadata = next((json.loads(line[12:]) for line in head if line.startswith("# notebook: ")), {})
    notebook = nbformat.v4.new_notebook(metadata=metadata)
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        notebook.cells.append(_cell(_MARK.match(lines[start])[1] or "code", lines[start + 1 : end]))
    return notebook


def _cell(kind, lines):
    fields = {}
    while lines and (match := _FIELD.match(lines[0])):
        fields[match[1]] = nbformat.from_dict(json.loads(match[2]))
        lines = lines[1:]
    if kind != "code":
        lines = [line[2:] if line.startswith("# ") else line.removeprefix("#") for line in lines]
    cell = getattr(nbformat.v4, f"new_{kind}_cell")("\n".join(lines).strip("\n"))
    cell.update(fields)
    return cell

"""Turns the bytes of a notebook that nobody vouches for into plain cells: text, a type, what the metadata claim."""

from __future__ import annotations

import base64
import binascii
import codecs
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from assay.errors import AssayError

# Standard library only above: a process that starts with nothing else reads the large notebooks.

CELL_TYPES = ("code", "markdown", "raw")
IMAGES = ("image/png", "image/jpeg", "image/gif")
# Whatever else a notebook may put out (scripts, widgets, foreign types) is not shown to anybody.
SHOWN = ("text/plain", "text/html", "text/markdown", "text/latex", "image/svg+xml", *IMAGES)
LEFT_OUT = "[more output was submitted than is kept; the rest was left out]\n"

_SURROGATES = re.compile("[\ud800-\udfff]")
# Everything of the first 32 characters but tab, line feed, carriage return and escape (colours of tracebacks).
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f]")
_CONFLICT = re.compile(r"^(<{7}|>{7}) ", re.MULTILINE)
_OLD_MIMES = {
    "text": "text/plain",
    "html": "text/html",
    "latex": "text/latex",
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpeg": "image/jpeg",
}
_LOOKS_LIKE = (
    (b"PK\x03\x04", "a ZIP archive: unpack it"),
    (b"%PDF", "a PDF file: ask for the notebook itself"),
    (b"\x1f\x8b", "a gzip archive: unpack it"),
    (b"\x89PNG", "a picture: ask for the notebook itself"),
    (b"{\\rtf", "a text document (RTF): ask for the notebook itself"),
    (b"<!doctype", "a web page: ask for the notebook itself"),
    (b"<html", "a web page: ask for the notebook itself"),
    (b"version https://git-lfs", "a pointer of git LFS: ask for the notebook itself"),
)


class Unreadable(AssayError):  # noqa: N818 - a verdict on a submission, in the words of the gradebook
    """A submission that holds no notebook that can be read; one sentence says why."""


@dataclass(frozen=True)
class NotebookLimits:
    """What is read of one notebook; sizes in bytes, counted as UTF-8."""

    file_bytes: int = 200_000_000
    cells: int = 2_000
    source_bytes: int = 4_000_000
    output_bytes: int = 8_000_000
    cell_output_bytes: int = 2_000_000
    attachment_bytes: int = 5_000_000
    # A larger file is parsed in a process of its own, under these limits.
    parsed_here: int = 1_000_000
    parser_memory: int = 1_500_000_000
    parser_seconds: int = 60


@dataclass(frozen=True)
class SubmittedCell:
    """One cell as it was handed in; ``grade_id`` and ``cell_id`` are claims, and nothing else of its metadata is kept."""

    cell_type: str
    source: str
    grade_id: str = ""
    cell_id: str = ""
    outputs: tuple[dict[str, Any], ...] = ()
    attachments: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class SubmittedNotebook:
    """The cells of a notebook in their order, and sentences on what was odd about the file."""

    cells: tuple[SubmittedCell, ...]
    notes: tuple[str, ...] = ()


def parse_notebook(
    data: bytes, name: str = "the notebook", limits: NotebookLimits | None = None
) -> SubmittedNotebook:
    """Parse a notebook in this process; use ``parse_file`` for what may be large.

    Raises
    ------
    Unreadable
        With one sentence that begins with ``name``.
    """
    limits = limits or NotebookLimits()
    notes: list[str] = []
    if len(data) > limits.file_bytes:
        raise Unreadable(_too_large(name, limits))
    if not data.strip(b" \t\r\n\0"):
        raise Unreadable(f"{name} is empty.")
    try:
        text = _decoded(data, name, notes)
        del data
        content = _json(text, name, notes)
        del text
        return SubmittedNotebook(tuple(_cells(content, name, limits, notes)), tuple(notes))
    except RecursionError:
        raise Unreadable(f"{name} is nested too deeply to be a notebook.") from None
    except MemoryError:
        raise Unreadable(f"{name} takes too much memory to read.") from None


def submitted_notebook(content: Any, name: str = "the notebook") -> SubmittedNotebook:
    """What ``parse_notebook`` makes of a notebook that is an object already, such as a ``NotebookNode``.

    Raises
    ------
    Unreadable
        With one sentence that begins with ``name``.
    """
    notes: list[str] = []
    if isinstance(content, dict) and isinstance(content.get("cells"), list):
        # A list of its own: it is emptied while it is read.
        content = {**content, "cells": list(content["cells"])}
    cells = tuple(_cells(content, name, NotebookLimits(), notes))
    return SubmittedNotebook(cells, tuple(notes))


def parse_file(
    file: IO[bytes], size: int, name: str = "the notebook", limits: NotebookLimits | None = None
) -> SubmittedNotebook:
    """Parse an open file of ``size`` bytes; a large one in a process of its own, whose memory is limited.

    Raises
    ------
    Unreadable
        With one sentence that begins with ``name``.
    """
    limits = limits or NotebookLimits()
    if size > limits.file_bytes:
        raise Unreadable(_too_large(name, limits))
    if size <= limits.parsed_here:
        return parse_notebook(file.read(limits.parsed_here + 1), name, limits)
    return _parsed_elsewhere(file, name, limits)


def text_of(value: Any) -> str:
    """A multi-line text of a notebook, which is a string or a list of strings, without what no file can hold."""
    if isinstance(value, list):
        value = "".join(part for part in value if isinstance(part, str))
    if not isinstance(value, str):
        return ""
    return _CONTROLS.sub("", _SURROGATES.sub("\ufffd", value))


def _too_large(name: str, limits: NotebookLimits) -> str:
    return f"{name} is larger than {limits.file_bytes // 1_000_000} MB."


def _decoded(data: bytes, name: str, notes: list[str]) -> str:
    start = data[:64].lstrip().lower()
    for magic, kind in _LOOKS_LIKE:
        if start.startswith(magic.lower()):
            raise Unreadable(f"{name} is no notebook but {kind}.")
    encoding: str = json.detect_encoding(data)
    if data.startswith(codecs.BOM_UTF8):
        encoding = "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode("latin-1")
        encoding = "latin-1"
    if encoding not in ("utf-8", "utf-8-sig"):
        notes.append(f"The file is not written in UTF-8 but probably in {encoding}.")
    return text


def _json(text: str, name: str, notes: list[str]) -> Any:
    start = len(text) - len(text.lstrip(" \t\r\n\0\ufeff"))
    # A number longer than this is none of a notebook's, and Python refuses to read it.
    decoder = json.JSONDecoder(strict=False, parse_int=lambda digits: int(digits) if len(digits) < 20 else 0)
    try:
        content, end = decoder.raw_decode(text, start)
    except ValueError as error:
        raise Unreadable(_why_no_json(text, name, error)) from None
    if text[end : end + 1_000_000].strip(" \t\r\n\0"):
        notes.append("Text stood behind the end of the notebook; it was ignored.")
    return content


def _why_no_json(text: str, name: str, error: ValueError) -> str:
    if _CONFLICT.search(text):
        return f"{name} holds an unresolved conflict of git: resolve it and hand it in again."
    if not text.lstrip().startswith(("{", "[")):
        return f"{name} is not a notebook but other text."
    if getattr(error, "pos", 0) >= len(text.rstrip()) or "Unterminated" in str(error):
        return f"{name} is not a notebook (it ends in the middle)."
    return f"{name} is not a notebook (invalid JSON in line {getattr(error, 'lineno', '?')})."


def _cells(content: Any, name: str, limits: NotebookLimits, notes: list[str]) -> Iterator[SubmittedCell]:
    cells = _raw_cells(content, name, notes)
    if len(cells) > limits.cells:
        raise Unreadable(f"{name} has {len(cells)} cells; at most {limits.cells} are read.")
    rooms = _Rooms(limits.source_bytes, limits.output_bytes, limits.attachment_bytes)
    strange = 0
    for number, raw in enumerate(cells):
        # Freed as we go: what is dropped of a large notebook need not stay until the end.
        cells[number] = None
        if isinstance(raw, dict):
            yield _cell(raw, rooms, limits)
        else:
            strange += 1
        if rooms.source < 0:
            raise Unreadable(
                f"{name} holds more than {limits.source_bytes // 1_000_000} MB of text in its cells."
            )
    if strange:
        notes.append(f"{strange} of the cells {'was' if strange == 1 else 'were'} no cells; left out.")
    if rooms.dropped_attachments:
        notes.append(
            f"{rooms.dropped_attachments} attached files were left out: only pictures (PNG, JPEG, GIF) are kept."
        )


@dataclass
class _Rooms:
    """Bytes that are left for each kind of content."""

    source: int
    outputs: int
    attachments: int
    dropped_attachments: int = 0


def _raw_cells(content: Any, name: str, notes: list[str]) -> list[Any]:
    if not isinstance(content, dict):
        raise Unreadable(f"{name} is not a notebook (its JSON is no object).")
    version = content.get("nbformat")
    cells = content.get("cells")
    if isinstance(cells, list):
        if not isinstance(version, int) or isinstance(version, bool):
            notes.append("The notebook does not say which version of the format it has.")
        elif version != 4:
            notes.append(
                f"The notebook says that it has version {str(version)[:20]} of the format; it was read as 4."
            )
        return cells
    worksheets = content.get("worksheets")
    if isinstance(worksheets, list):
        notes.append("The notebook has an old format (before 2015); it was converted.")
        sheets = [sheet.get("cells") for sheet in worksheets if isinstance(sheet, dict)]
        return [cell for sheet in sheets if isinstance(sheet, list) for cell in sheet]
    raise Unreadable(f"{name} is not a notebook (it has no cells).")


def _cell(raw: dict[str, Any], rooms: _Rooms, limits: NotebookLimits) -> SubmittedCell:
    cell_type = raw.get("cell_type")
    # Version 3 keeps code in "input", and headings in cells of their own.
    source = text_of(raw["source"] if "source" in raw else raw.get("input"))
    if cell_type == "heading":
        level = raw.get("level")
        source = "#" * (level if isinstance(level, int) and 1 <= level <= 6 else 1) + " " + source
        cell_type = "markdown"
    if cell_type not in CELL_TYPES:
        cell_type = "code" if "outputs" in raw or "input" in raw else "raw"
    rooms.source -= len(source.encode())
    metadata = raw.get("metadata")
    role = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return SubmittedCell(
        cell_type=cell_type,
        source=source,
        grade_id=_short(role.get("grade_id")) if isinstance(role, dict) else "",
        cell_id=_short(raw.get("id")),
        outputs=tuple(_outputs(raw.get("outputs"), rooms, limits)),
        attachments=_attachments(raw.get("attachments"), rooms),
    )


def _short(value: Any) -> str:
    return text_of(value) if isinstance(value, str) and len(value) <= 200 else ""


def _outputs(raw: Any, rooms: _Rooms, limits: NotebookLimits) -> Iterator[dict[str, Any]]:
    room = limits.cell_output_bytes
    for one in raw if isinstance(raw, list) else ():
        output = _output(one)
        if output is None:
            continue
        size = len(json.dumps(output, ensure_ascii=False).encode())
        if size > min(room, rooms.outputs):
            yield {"output_type": "stream", "name": "stdout", "text": LEFT_OUT}
            return
        room -= size
        rooms.outputs -= size
        yield output


def _output(raw: Any) -> dict[str, Any] | None:
    kind = raw.get("output_type") if isinstance(raw, dict) else None
    if kind == "stream":
        name = "stderr" if "stderr" in (raw.get("name"), raw.get("stream")) else "stdout"
        return {"output_type": "stream", "name": name, "text": text_of(raw.get("text"))}
    if kind in ("error", "pyerr"):
        traceback = raw.get("traceback")
        return {
            "output_type": "error",
            "ename": text_of(raw.get("ename")),
            "evalue": text_of(raw.get("evalue")),
            "traceback": [text_of(line) for line in traceback] if isinstance(traceback, list) else [],
        }
    if kind in ("display_data", "execute_result", "pyout"):
        bundle = raw.get("data")
        if not isinstance(bundle, dict):
            bundle = {mime: raw[key] for key, mime in _OLD_MIMES.items() if key in raw}
        data = {mime: text_of(bundle[mime]) for mime in SHOWN if mime in bundle}
        # What was a result becomes a display: no count to keep, and it can never be taken for a mark.
        return {"output_type": "display_data", "data": data, "metadata": {}} if data else None
    return None


def _attachments(raw: Any, rooms: _Rooms) -> dict[str, dict[str, str]]:
    kept: dict[str, dict[str, str]] = {}
    for name, bundle in raw.items() if isinstance(raw, dict) else ():
        images = {
            mime: _base64(bundle[mime]) for mime in IMAGES if isinstance(bundle, dict) and bundle.get(mime)
        }
        size = sum(map(len, images.values()))
        if not all(images.values()) or not images or size > rooms.attachments or not _short(name):
            rooms.dropped_attachments += 1
            continue
        rooms.attachments -= size
        kept[_short(name)] = images
    return kept


def _base64(value: Any) -> str:
    """The text when it is base64, else nothing."""
    text = "".join(text_of(value).split())
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return ""
    return text


_PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from assay.untrusted import _main; _main()"


def _parsed_elsewhere(file: IO[bytes], name: str, limits: NotebookLimits) -> SubmittedNotebook:
    package = str(Path(__file__).resolve().parents[1])
    words = [sys.executable, "-I", "-S", "-c", _PROGRAM, package, json.dumps([name, asdict(limits)])]
    try:
        # What comes back is bounded by the limits on what is kept of a notebook.
        child = subprocess.run(
            words, stdin=file, capture_output=True, env={}, timeout=limits.parser_seconds + 10, check=True
        )
    except (subprocess.SubprocessError, OSError):
        raise Unreadable(f"{name} takes too much memory or time to read.") from None
    found = json.loads(child.stdout)
    if "unreadable" in found:
        raise Unreadable(found["unreadable"])
    cells = tuple(SubmittedCell(**{**cell, "outputs": tuple(cell["outputs"])}) for cell in found["cells"])
    return SubmittedNotebook(cells, tuple(found["notes"]))


def _main() -> None:
    """What the other process does: read standard input under limits, write the cells to standard output."""
    import resource
    import signal

    name, values = json.loads(sys.argv[2])
    limits = NotebookLimits(**values)
    resource.setrlimit(resource.RLIMIT_AS, (limits.parser_memory, limits.parser_memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(limits.parser_seconds)
    try:
        # Read to the end of a file that may have changed since its size was taken.
        notebook = parse_notebook(os.fdopen(0, "rb").read(limits.file_bytes + 1), name, limits)
        answer: dict[str, Any] = {
            "cells": [asdict(cell) for cell in notebook.cells],
            "notes": list(notebook.notes),
        }
    except Unreadable as error:
        answer = {"unreadable": str(error)}
    except MemoryError:
        answer = {"unreadable": f"{name} takes too much memory to read."}
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode())
    sys.stdout.flush()

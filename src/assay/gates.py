"""The last look at what a build has made, before it is put in its place: each gate raises when it finds something.

No gate trusts the step that it checks: the leak gate reads the bytes of the release, not what was meant to be written.
"""

from __future__ import annotations

import base64
import binascii
import bz2
import gzip
import html
import io
import json
import keyword
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from assay.cells import cell_name, is_graded, is_test, is_whole_solution
from assay.errors import AssayError
from assay.folders import differences, file_differences, files_in
from assay.regions import Kind, drop_regions, region_lines
from assay.running import KERNEL_ARGUMENTS, copied, run_notebook

_LONG = 20
_SHORT = 4
_DEEPEST = 4
_SHOWN = 10
_DELIMITERS = tuple(words for kind in Kind for words in (kind.begin, kind.end))
_BASE64 = re.compile(r"[A-Za-z0-9+/]{20,}(?:\r?\n[A-Za-z0-9+/]{4,})*={0,2}")
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,}")
_ESCAPE = re.compile(r'\\(u[0-9a-fA-F]{4}|["\\/bfnrt])')


@dataclass(frozen=True)
class Secret:
    """A line that students must not see, what it is part of, and the cell of the master that it stands in."""

    line: str
    what: str
    cell: str


def secret_lines(master: NotebookNode, *, solutions: bool = True) -> list[Secret]:
    """The lines of solutions, hidden tests, mark schemes and model answers of a master notebook.

    Blank and trivial lines (fewer than four letters and digits besides Python's keywords) are no secret, nor are lines
    that students see elsewhere in the notebook. With ``solutions=False`` only hidden tests and mark schemes count,
    which is what a published solution has to keep to itself.
    """
    found: dict[str, Secret] = {}
    visible: set[str] = set()
    for index, cell in enumerate(master.cells):
        answer = "solution" if cell.cell_type == "code" else "model answer"
        parts = {
            "hidden test": region_lines(cell.source, Kind.HIDDEN_TESTS),
            "mark scheme": region_lines(cell.source, Kind.MARK_SCHEME),
        }
        own = drop_regions(cell.source).split("\n")
        parts[answer] = region_lines(cell.source, Kind.SOLUTION)
        if is_whole_solution(cell):
            parts[answer], own = parts[answer] + own, []
        if not solutions:
            own = own + parts.pop(answer)
        visible.update(_folded(line) for line in own)
        for what, lines in parts.items():
            for line in map(_folded, lines):
                if not _is_trivial(line):
                    found.setdefault(line, Secret(line, what, cell_name(cell, index)))
    return [secret for secret in found.values() if secret.line not in visible]


def gate_no_leak(secrets: Iterable[Secret], folder: Path, name: str) -> None:
    """Refuse a folder that holds a secret line anywhere: sources, outputs, metadata, attachments, any other file.

    A secret leaks when a line of anything in the folder equals it, or, from 20 characters on, contains it: as it stands,
    with JSON or HTML escapes undone, in base64, or packed (zip, tar, gzip, bzip2, xz).

    Raises
    ------
    AssayError
        With one line for each leak, of which the first ten are shown.
    """
    by_line = {secret.line: secret for secret in secrets}
    long = [secret for secret in by_line.values() if len(secret.line) >= _LONG]
    leaks: dict[tuple[str, str], str] = {}
    for path in files_in(folder):
        for place, text in _texts(folder / path, f"{name}/{path.as_posix()}"):
            lines = {_folded(line) for line in text.splitlines()}
            whole = _folded(text)
            hits = [by_line[line] for line in lines & by_line.keys()]
            hits += [secret for secret in long if secret.line in whole]
            for secret in hits:
                sentence = f"{place} holds a line of the {secret.what} in {secret.cell}: {secret.line}"
                leaks.setdefault((place, secret.line), sentence)
            for words in _DELIMITERS:
                if words in whole:
                    leaks.setdefault((place, words), f"{place} holds the delimiter {words}")
    if leaks:
        sentences = list(leaks.values())
        more = [f"- and {len(sentences) - _SHOWN} more"] if len(sentences) > _SHOWN else []
        raise AssayError(
            "\n".join(
                [
                    f"{name} would give away what it must not hold; take it out of the visible text or the folder:"
                ]
                + [f"- {sentence}" for sentence in sentences[:_SHOWN]]
                + more
            )
        )


def gate_no_stamp(notebook: NotebookNode, name: str) -> None:
    """Refuse a release that still has the stamp of the build.

    Raises
    ------
    AssayError
        When the course's configuration does not name the preprocessor that takes it out.
    """
    if "assay" in notebook.metadata:
        raise AssayError(
            f"{name} still has the build's stamp: put assay.build.DropBuildStamp first into "
            "c.GenerateAssignment.preprocessors in nbgrader_config.py."
        )


def gate_outputs_are_clean(solved: NotebookNode, name: str) -> None:
    """Refuse a solved notebook with a warning in it, or with an output that is another one in every run.

    Raises
    ------
    AssayError
        When an output is text on stderr or shows a memory address.
    """
    for index, cell in enumerate(solved.cells):
        where = f"{name}: {cell_name(cell, index)}"
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and output.name == "stderr":
                first = output.text.strip().split("\n")[0]
                raise AssayError(
                    f"{where} writes to stderr ({first}): a solution runs without a warning, so mend what it says."
                )
            if address := _ADDRESS.search(
                output.get("text", "") or output.get("data", {}).get("text/plain", "")
            ):
                raise AssayError(
                    f"{where} shows a memory address ({address.group(0)}), another one in every run: end the line with ';', or "
                    "print what is meant."
                )


def gate_validates(folder: Path, notebook: str, name: str, config: Any) -> None:
    """Refuse a notebook that ``nbgrader validate`` is not content with; it is run in a copy of its folder.

    Raises
    ------
    AssayError
        With one line for each test that fails.
    """
    from nbgrader.validator import Validator

    config = deepcopy(config)
    config.Execute.setdefault("extra_arguments", list(KERNEL_ARGUMENTS))
    with copied(folder) as place:
        try:
            results = Validator(config=config).validate(str(place / notebook))
        except Exception as error:
            raise AssayError(
                f"{name}: nbgrader validate breaks off with {type(error).__name__}: {error}"
            ) from error
        cells = nbformat.read(place / notebook, as_version=4).cells
    names = {cell.source.strip(): cell_name(cell, index) for index, cell in enumerate(cells)}
    sentences = []
    for problem, entries in results.items():
        for entry in entries:
            last = (entry.get("raw_error", "").strip().splitlines() or [""])[-1]
            sentences.append(
                f"- {names.get(entry['source'], 'a cell')}: {problem}{f', {_plain(last)}' if last else ''}"
            )
    if sentences:
        raise AssayError(
            "\n".join([f"{name} does not pass nbgrader validate; mend the solution or the test:", *sentences])
        )


def gate_untouched_earns_nothing(folder: Path, notebook: str, name: str) -> None:
    """Refuse a release that does not run to its end untouched, or that earns points for it.

    Raises
    ------
    AssayError
        When a cell raises anything but NotImplementedError, takes too long or kills the kernel, or a graded cell earns points.
    """
    from nbgrader.utils import determine_grade

    with copied(folder) as place:
        untouched = nbformat.read(place / notebook, as_version=4)
        run = run_notebook(untouched, place, f"{name}, untouched", allow_errors=True, execution="autograde")
    sentences = []
    for index, cell in enumerate(run.cells):
        for output in cell.get("outputs", []):
            if output.output_type == "error" and output.ename != "NotImplementedError":
                sentences.append(
                    f"{cell_name(cell, index)} raises {output.ename}: {_plain(output.evalue)}; "
                    "an untouched notebook may only raise NotImplementedError"
                )
        if is_test(cell) or (is_graded(cell) and cell.cell_type == "code"):
            score, _ = determine_grade(cell)
            if score:
                sentences.append(
                    f"{cell_name(cell, index)} gives {score:g} points; make it fail while nothing is done"
                )
    if sentences:
        raise AssayError(
            "\n".join([f"{name} is not ready for students:", *(f"- {sentence}." for sentence in sentences)])
        )


def gate_rebuilt(committed: Path, built: Path, assignment: str) -> None:
    """Refuse a course whose derived files are not what a build makes; both are course folders.

    Raises
    ------
    AssayError
        With one line for each file that differs.
    """
    found = list(rebuild_differences(committed, built, assignment))
    if found:
        command = f"run assay build {assignment} and commit what it makes:"
        raise AssayError(
            "\n".join(
                [f"{assignment} is not what a build makes; {command}", *(f"- {line}" for line in found)]
            )
        )


def rebuild_differences(committed: Path, built: Path, assignment: str) -> Iterator[str]:
    """One sentence for each derived file of an assignment that is not what a build makes."""
    master = Path("source", assignment, f"{assignment}.ipynb")
    if (committed / master).is_file():
        yield from file_differences(committed / master, built / master, master.as_posix())
    else:
        yield f"{master.as_posix()} is missing."
    for area in ("release", "solutions"):
        place = Path(area, assignment)
        yield from differences(committed / place, built / place, place.as_posix(), rerun=area == "solutions")


def _is_trivial(line: str) -> bool:
    words = [word for word in re.findall(r"\w+", line) if not keyword.iskeyword(word)]
    return sum(map(len, words)) < _SHORT


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _plain(text: str) -> str:
    """One line without the colours of a terminal."""
    return _folded(re.sub(r"\x1b\[[0-9;]*m", "", text))


def _texts(path: Path, name: str) -> Iterator[tuple[str, str]]:
    """All that can be read in a file, each with the place that it stands in; the file's own name is part of it."""
    yield name, path.name
    data = path.read_bytes()
    try:
        content = json.loads(data)
    except ValueError:
        content = None
    if isinstance(content, dict) and isinstance(content.get("cells"), list):
        for index, cell in enumerate(content["cells"]):
            identifier = cell.get("id", index + 1) if isinstance(cell, dict) else index + 1
            for part, value in cell.items() if isinstance(cell, dict) else [("content", cell)]:
                for string in _strings({part: value}):
                    for text in _readings(string):
                        yield f"{name}, cell {identifier!r} ({part})", text
    # What stands in a cell is named by its cell and not by its file as well.
    elsewhere = (
        {key: value for key, value in content.items() if key != "cells"}
        if isinstance(content, dict)
        else content
    )
    for string in _strings(elsewhere):
        for text in _readings(string):
            yield name, text
    if content is None or not isinstance(content, dict) or "cells" not in content:
        for text in _unpacked(data):
            yield name, text


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        if value and all(isinstance(item, str) for item in value):
            yield "".join(value)
        for item in value:
            yield from _strings(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _strings(item)
    elif value is not None:
        yield str(value)


def _readings(text: str, depth: int = 0) -> Iterator[str]:
    """A text as it stands, with escapes undone, and what its base64 says."""
    yield text
    if "\\" in text:
        yield _ESCAPE.sub(lambda match: json.loads(f'"{match.group(0)}"'), text)
    if "&" in text:
        yield html.unescape(text)
    if depth < _DEEPEST:
        for match in _BASE64.finditer(text):
            digits = re.sub(r"[\r\n=]", "", match.group(0))
            try:
                # A run may end in letters that follow the base64 text without a gap; whole groups of four are enough.
                data = base64.b64decode(
                    digits + "=" * (-len(digits) % 4) if len(digits) % 4 != 1 else digits[:-1]
                )
            except binascii.Error:
                continue
            yield from _unpacked(data, depth + 1)


def _unpacked(data: bytes, depth: int = 0) -> Iterator[str]:
    """The text of some bytes, and of what is packed in them."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    yield from _readings(data.decode(encoding, errors="replace"), depth)
    if depth >= _DEEPEST:
        return
    for member in _members(data):
        yield from _unpacked(member, depth + 1)


def _members(data: bytes) -> Iterator[bytes]:
    try:
        if zipfile.is_zipfile(io.BytesIO(data)):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                for entry in archive.infolist():
                    yield entry.filename.encode()
                    yield archive.read(entry)
        elif data[257:262] == b"ustar":
            with tarfile.open(fileobj=io.BytesIO(data)) as tar:
                for item in tar:
                    yield item.name.encode()
                    if (file := tar.extractfile(item)) is not None:
                        yield file.read()
        elif data[:2] == b"\x1f\x8b":
            yield gzip.decompress(data)
        elif data[:3] == b"BZh":
            yield bz2.decompress(data)
        elif data[:6] == b"\xfd7zXZ\x00":
            yield lzma.decompress(data)
    except (
        OSError,
        EOFError,
        RuntimeError,
        ValueError,
        zipfile.BadZipFile,
        tarfile.TarError,
        lzma.LZMAError,
        zlib.error,
    ):
        # A packed file that is damaged or has a password is still searched as raw bytes.
        return

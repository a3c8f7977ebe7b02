"""Puts files and folders in their place, reads masters, and says how two folders differ."""

from __future__ import annotations

import json
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from assay.cells import cell_name
from assay.errors import AssayError

#: Never copied to where a kernel can read it: notebooks hold hidden tests once nbgrader has restored them.
_WITHHELD = ("*.ipynb", "timestamp.txt")
#: The tag of nbval for a cell whose outputs are not compared.
IGNORED_OUTPUT = "nbval-ignore-output"


def replace_file(target: Path, content: str) -> None:
    """Write a file beside its place and move it there, so that nobody ever sees half of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(content)
        Path(name).chmod(target.stat().st_mode & 0o777 if target.exists() else 0o644)
        Path(name).replace(target)
    finally:
        Path(name).unlink(missing_ok=True)


def replace_folder(target: Path, new: Path) -> None:
    """Put a copy of the folder ``new`` in the place of ``target``; a failure before the swap leaves the old one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as place:
        fresh = Path(place, "new")
        shutil.copytree(new, fresh)
        move_folder(target, fresh)


def move_folder(target: Path, new: Path) -> None:
    """Put the folder ``new`` itself, which lies on the same disk, in the place of ``target``; a failure leaves the old one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=new.parent, ignore_cleanup_errors=True) as place:
        old = Path(place, "old")
        if target.exists():
            target.rename(old)
        try:
            new.rename(target)
        except OSError:
            if old.exists():
                old.rename(target)
            raise


def read_master(path: Path) -> NotebookNode:
    """Read a master notebook.

    Raises
    ------
    AssayError
        When it is not there or cannot be read.
    """
    try:
        return nbformat.read(path, as_version=4)
    except FileNotFoundError:
        raise AssayError(f"{path} is missing: the master's test cells are what marks a submission.") from None
    except Exception as error:
        raise AssayError(f"{path} cannot be read: {error}") from error


@contextmanager
def copied_without_notebooks(folder: Path, ignore: Sequence[str] = ()) -> Iterator[Path]:
    """A temporary copy of the regular files of a folder, but for notebooks and what ``ignore`` matches."""
    patterns = (*_WITHHELD, *ignore)
    with tempfile.TemporaryDirectory(prefix="assay-", ignore_cleanup_errors=True) as place:
        copy = Path(place, "files")
        copy.mkdir()
        for parent, folders, files in os.walk(folder):
            folders[:] = [name for name in folders if not _matches(name, patterns)]
            for name in files:
                path = Path(parent, name)
                if _matches(name, patterns) or not stat.S_ISREG(path.lstat().st_mode):
                    continue
                target = copy / path.relative_to(folder)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
        yield copy


def files_in(folder: Path) -> list[Path]:
    """All files of a folder and its subfolders, relative to it, in a fixed order."""
    return (
        sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
        if folder.is_dir()
        else []
    )


def differences(committed: Path, built: Path, name: str, *, rerun: bool = False) -> Iterator[str]:
    """One sentence for each file of ``committed`` that is not what ``built`` has.

    With ``rerun`` only those outputs of a notebook are compared that every run gives: images differ between versions of
    matplotlib, and cells with the tag `IGNORED_OUTPUT` depend on the machine or on the budget for training.
    """
    old, new = set(files_in(committed)), set(files_in(built))
    for path in sorted(old | new):
        if path not in old:
            yield f"{name}/{path.as_posix()} is missing."
        elif path not in new:
            yield f"{name}/{path.as_posix()} is not made by a build."
        else:
            yield from file_differences(
                committed / path, built / path, f"{name}/{path.as_posix()}", rerun=rerun
            )


def file_differences(committed: Path, built: Path, name: str, *, rerun: bool = False) -> Iterator[str]:
    """A sentence when a file is not what a build makes; of a notebook it names the first cell that differs."""
    old, new = committed.read_bytes(), built.read_bytes()
    if old == new:
        return
    if committed.suffix != ".ipynb":
        yield f"{name} differs from what a build makes."
        return
    try:
        one, other = json.loads(old), json.loads(new)
    except ValueError:
        yield f"{name} is not a readable notebook."
        return
    if rerun:
        one, other = _reproducible(one), _reproducible(other)
        if one == other:
            return
    yield f"{name} differs from what a build makes, {_first_difference(one, other)}."


def _first_difference(one: Any, other: Any) -> str:
    cells = list(one.get("cells", [])) if isinstance(one, dict) else []
    wanted = other["cells"]
    for index, cell in enumerate(wanted):
        if index >= len(cells) or cells[index] != cell:
            parts = ""
            if index < len(cells) and isinstance(cells[index], dict) and cells[index].get("id") == cell["id"]:
                keys = sorted(key for key in {*cell, *cells[index]} if cells[index].get(key) != cell.get(key))
                parts = f" ({', '.join(keys)})"
            node = nbformat.from_dict(cell)
            node.source = "".join(node.source)
            return f"first in {cell_name(node, index)}{parts}"
    if len(cells) > len(wanted):
        return f"which has {len(wanted)} cells and not {len(cells)}"
    return "not in a cell but in the notebook's metadata or in how the file is written"


def _reproducible(notebook: Any) -> Any:
    cells = notebook.get("cells", []) if isinstance(notebook, dict) else []
    for cell in cells:
        if isinstance(cell, dict) and IGNORED_OUTPUT in cell.get("metadata", {}).get("tags", []):
            # That there are outputs at all is the same in every run.
            cell["outputs"] = bool(cell.get("outputs"))
    return _without_images(notebook)


def _without_images(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: "an image" if key.startswith("image/") else _without_images(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_without_images(item) for item in value]
    return value


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch(name, pattern) for pattern in patterns)

"""Reads the folder that a student handed in as untrusted input: regular files only, no link followed, all bounded."""

from __future__ import annotations

import errno
import fnmatch
import os
import re
import stat
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

from assay.untrusted import NotebookLimits, SubmittedNotebook, Unreadable, parse_file

IGNORED = (".*", "__pycache__", "__MACOSX", "*.pyc", "*~")
SUFFIX = ".ipynb"
# What downloads, mail programs and editors make of "name.ipynb".
_LOOSE_SUFFIX = re.compile(r"\.ipynb(\.(txt|json))?$", re.IGNORECASE)
_BAD_CHARACTERS = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_KINDS = (
    (stat.S_ISLNK, "a symbolic link"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
CHUNK = 1 << 20
EXAMPLES = 5
# How much longer a notebook is looked for among too many files.
FLOOD = 10


@dataclass(frozen=True)
class IntakeLimits:
    """What is taken of one submission: sizes in bytes, ``depth`` in folders, ``name`` in bytes of UTF-8."""

    file_bytes: int = 100_000_000
    total_bytes: int = 200_000_000
    files: int = 1_000
    entries: int = 10_000
    depth: int = 8
    name: int = 150
    candidates: int = 5
    notebook: NotebookLimits = field(default_factory=NotebookLimits)


@dataclass(frozen=True)
class SubmittedFile:
    """A regular file of a submission: where it is, relative to the submission's folder, and how many bytes it had."""

    path: PurePosixPath
    size: int


@dataclass(frozen=True)
class Submission:
    """A submission as data: its notebook and where that was, the files beside it, sentences on what was left out or odd."""

    folder: Path
    path: PurePosixPath
    notebook: SubmittedNotebook
    files: tuple[SubmittedFile, ...]
    notes: tuple[str, ...]


class MissingNotebook(Unreadable):
    """A submission that holds nothing that could be the notebook."""


def read_submission(
    folder: Path,
    wanted: str,
    *,
    limits: IntakeLimits | None = None,
    ignore: Sequence[str] = (),
    others: Collection[str] = (),
    likeness: Callable[[SubmittedNotebook], float] | None = None,
) -> Submission:
    """Read the notebook ``wanted`` (``<name>.ipynb``) of a submission, and list the files beside it.

    Parameters
    ----------
    folder
        ``submitted/<student>/<assignment>``.
    ignore
        Names of files and folders that are left out without a word besides hidden ones and caches, as patterns; the
        course's own list.
    others
        Names of the assignment's other notebooks, which are never taken for this one.
    likeness
        How much a notebook is like the master; chooses when several notebooks could be the wanted one.

    Raises
    ------
    Unreadable
        When the folder or the notebook cannot be read; one sentence says why.
    """
    limits = limits or IntakeLimits()
    files, notes = list_files(folder, limits=limits, ignore=ignore)
    path, why = _chosen(folder, files, wanted, limits, others, likeness)
    with _opened(folder, path) as (file, size):
        notebook = parse_file(file, size, path.name, limits.notebook)
    if why:
        notes.append(why)
    left = [one.path.name for one in files if _is_notebook(one) and one.path != path]
    left = [name for name in left if name not in others and name != wanted]
    if left:
        notes.append(f"Not read, since not part of the assignment: {_listed(left)}.")
    plain = tuple(one for one in files if not _is_notebook(one) and one.path != path)
    return Submission(folder, path, notebook, plain, tuple(notes))


def list_files(
    folder: Path, *, limits: IntakeLimits | None = None, ignore: Sequence[str] = ()
) -> tuple[list[SubmittedFile], list[str]]:
    """The regular files of a submission in a fixed order, and one sentence for each kind of thing left out.

    Raises
    ------
    Unreadable
        When the folder itself is none.
    """
    walk = _Walk(limits or IntakeLimits(), tuple(ignore))
    try:
        root = os.open(folder, _FOLDER)
    except OSError as error:
        raise Unreadable(f"The submission is no folder that can be read ({_reason(error)}).") from None
    try:
        walk.enter(root, PurePosixPath())
    finally:
        os.close(root)
    return sorted(walk.files, key=lambda one: one.path), walk.sentences()


def write_files(submission: Submission, target: Path, *, limits: IntakeLimits | None = None) -> list[str]:
    """Copy the files of a submission into the folder ``target``; sentences on what could not be copied."""
    limits = limits or IntakeLimits()
    failed = []
    for one in submission.files:
        place = target.joinpath(*one.path.parts)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with _opened(submission.folder, one.path) as (file, _), place.open("xb") as copy:
                left = min(one.size, limits.file_bytes)
                while left > 0 and (chunk := file.read(min(CHUNK, left))):
                    copy.write(chunk)
                    left -= len(chunk)
        except (OSError, Unreadable):
            failed.append(_shown(str(one.path)))
    return [f"These files could not be copied: {_listed(failed)}."] if failed else []


def read_small(folder: Path, name: str, most: int = 1_000) -> bytes:
    """The first ``most`` bytes of a regular file of a submission; nothing when there is none."""
    try:
        with _opened(folder, PurePosixPath(name)) as (file, _):
            return file.read(most)
    except (OSError, Unreadable):
        return b""


_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


@contextmanager
def _opened(folder: Path, path: PurePosixPath) -> Iterator[tuple[IO[bytes], int]]:
    """Open a regular file below ``folder`` and give its size; every step of the way is opened without following links."""
    place = os.open(folder, _FOLDER)
    try:
        for part in path.parts[:-1]:
            inner = os.open(part, _FOLDER, dir_fd=place)
            os.close(place)
            place = inner
        handle = os.open(path.name, _FILE, dir_fd=place)
    except OSError as error:
        raise Unreadable(f"{_shown(path.name)} cannot be opened ({_reason(error)}).") from None
    finally:
        os.close(place)
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise Unreadable(f"{_shown(path.name)} is no regular file.")
        yield file, found.st_size


class _Walk:
    """One walk through a folder: what was found, what was left out and why, how much room is left."""

    def __init__(self, limits: IntakeLimits, ignore: tuple[str, ...]) -> None:
        self.limits = limits
        self.ignore = ignore
        self.files: list[SubmittedFile] = []
        self.left_out: dict[str, list[str]] = {}
        self.entries = 0
        self.bytes = 0

    def enter(self, place: int, path: PurePosixPath) -> None:
        with os.scandir(place) as scan:
            names = []
            for entry in scan:
                self.entries += 1
                if self.entries <= self.limits.entries or _LOOSE_SUFFIX.search(entry.name):
                    names.append(entry.name)
                elif self.entries == self.limits.entries + 1:
                    self._leave_out("since there are too many files", path / "...")
                elif self.entries > FLOOD * self.limits.entries:
                    break
        # Notebooks first: what lies beside one must not use up its room.
        for name in sorted(names, key=lambda name: (not _LOOSE_SUFFIX.search(name), name)):
            self._take(place, path / name, name)

    def _take(self, place: int, path: PurePosixPath, name: str) -> None:
        if any(fnmatch.fnmatch(name, pattern) for pattern in (*IGNORED, *self.ignore)):
            return
        if _BAD_CHARACTERS.search(name) or name.startswith("-"):
            return self._leave_out("since their names hold characters that they should not", path)
        if len(os.fsencode(name)) > self.limits.name:
            return self._leave_out("since their names are too long", path)
        try:
            found = os.stat(name, dir_fd=place, follow_symlinks=False)
            if stat.S_ISDIR(found.st_mode):
                return self._take_folder(place, path, name)
        except OSError as error:
            return self._leave_out(f"since they cannot be read ({_reason(error)})", path)
        for is_kind, kind in _KINDS:
            if is_kind(found.st_mode):
                return self._leave_out(f"since each is {kind} and no file", path)
        if len(self.files) >= self.limits.files:
            return self._leave_out("since there are too many files", path)
        most = self.limits.file_bytes
        if _LOOSE_SUFFIX.search(name):
            # Too large a notebook is found out, and said, when it is read.
            most = max(most, found.st_size)
        elif found.st_size > most or self.bytes + found.st_size > self.limits.total_bytes:
            return self._leave_out("since they are too large", path)
        else:
            self.bytes += found.st_size
        if found.st_nlink > 1:
            self.left_out.setdefault("", []).append(_shown(str(path)))
        self.files.append(SubmittedFile(path, found.st_size))
        return None

    def _take_folder(self, place: int, path: PurePosixPath, name: str) -> None:
        if len(path.parts) > self.limits.depth:
            return self._leave_out("since they lie too deep", path)
        if name.lower().endswith(SUFFIX):
            return self._leave_out("since each is a folder with the name of a notebook", path)
        inner = os.open(name, _FOLDER, dir_fd=place)
        try:
            self.enter(inner, path)
        finally:
            os.close(inner)
        return None

    def _leave_out(self, why: str, path: PurePosixPath) -> None:
        self.left_out.setdefault(why, []).append(_shown(str(path)))

    def sentences(self) -> list[str]:
        linked = self.left_out.pop("", [])
        notes = [f"Left out, {why}: {_listed(names)}." for why, names in self.left_out.items()]
        if linked:
            notes.append(f"These files have a second name elsewhere (hard links): {_listed(linked)}.")
        return notes


def _chosen(
    folder: Path,
    files: list[SubmittedFile],
    wanted: str,
    limits: IntakeLimits,
    others: Collection[str],
    likeness: Callable[[SubmittedNotebook], float] | None,
) -> tuple[PurePosixPath, str]:
    """The path of the notebook to read, and a sentence when it is not where it should be."""
    exact = PurePosixPath(wanted)
    candidates = [
        one.path for one in files if _LOOSE_SUFFIX.search(one.path.name) and str(one.path) not in others
    ]
    if exact in candidates:
        return exact, ""
    if not candidates:
        raise MissingNotebook(_none(folder, files, wanted))
    if len(candidates) == 1 and likeness is None:
        path = candidates[0]
    else:
        path = _most_alike(folder, candidates[: limits.candidates], wanted, limits, likeness)
    return path, f"The notebook was handed in as {_shown(str(path))}; it was taken for {wanted}."


def _most_alike(
    folder: Path,
    candidates: list[PurePosixPath],
    wanted: str,
    limits: IntakeLimits,
    likeness: Callable[[SubmittedNotebook], float] | None,
) -> PurePosixPath:
    scores: list[tuple[float, PurePosixPath, list[str]]] = []
    for path in candidates:
        try:
            with _opened(folder, path) as (file, size):
                notebook = parse_file(file, size, path.name, limits.notebook)
        except Unreadable:
            if len(candidates) == 1:
                raise
            continue
        sources = [cell.source for cell in notebook.cells]
        scores.append((likeness(notebook) if likeness else 0.0, path, sources))
    scores.sort(key=lambda pair: -pair[0])
    related = [one for one in scores if likeness is None or one[0] > 0]
    rivals = [one for one in related[1:] if one[0] == related[0][0] and one[2] != related[0][2]]
    if related and not rivals:
        return related[0][1]
    names = _listed([_shown(str(path)) for path in candidates])
    if len(candidates) == 1:
        raise MissingNotebook(f"The submission holds no {wanted} but {names}, which is another notebook.")
    raise Unreadable(
        f"The submission holds {len(candidates)} notebooks but no {wanted} ({names}): give the right one this name."
    )


def _none(folder: Path, files: list[SubmittedFile], wanted: str) -> str:
    try:
        found = os.stat(folder / wanted, follow_symlinks=False)
        kind = next((kind for is_kind, kind in _KINDS if is_kind(found.st_mode)), "")
        kind = "a folder" if stat.S_ISDIR(found.st_mode) else kind
        if kind:
            return f"{wanted} is {kind} and no notebook."
    except OSError:
        pass
    rest = [_shown(str(one.path)) for one in files]
    return f"The submission holds no {wanted}" + (f" but {_listed(rest)}." if rest else ".")


def _is_notebook(file: SubmittedFile) -> bool:
    return file.path.name.lower().endswith(SUFFIX)


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - EXAMPLES} more" if len(names) > EXAMPLES else ""
    return ", ".join(names[:EXAMPLES]) + more


def _shown(name: str) -> str:
    """A name as it may stand in a message, whatever characters it is made of."""
    name = _BAD_CHARACTERS.sub("?", name)
    return name if len(name) <= 60 else name[:57] + "..."


def _reason(error: OSError) -> str:
    if error.errno in (errno.ELOOP, errno.ENOTDIR):
        return "it is a link or no folder"
    return (error.strerror or type(error).__name__).lower()

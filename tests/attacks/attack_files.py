"""Reads an attack: one small file that says what it tries, what marks it deserves, and holds the hostile cells."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
GROUPS = ("forging", "stealing", "breaking", "escaping")
EXPECTATIONS = ("failed", "timed out", "died", "unreadable")
HEADERS = ("group", "seconds", "honest", "may lose", "expect", "batch")
SOLUTIONS = ("double", "total", "answer", "mapped", "tally", "countdown", "distance", "session", "root")

_HEADER = re.compile(r"^# ([a-z ]+): (.*)$")
_CELL = re.compile(r"^# %% (.+)$")
_SECOND = "# %%% second"


@dataclass(frozen=True)
class HostileCell:
    """One cell of an attack.

    Attributes
    ----------
    place
        The grade id of the cell whose source it replaces, or, of an extra cell, of the cell that it follows; ``first``
        and ``end`` are the two ends of the notebook.
    extra
        Whether it is a cell of its own, without a grade id.
    """

    place: str
    extra: bool
    source: str


@dataclass(frozen=True)
class Attack:
    """A hostile submission, or two that follow each other.

    Attributes
    ----------
    what
        The sentence on what it tries.
    honest
        The solutions that are right in it, so the marks that it deserves.
    may_lose
        Those of them that it may harm by itself.
    seconds
        What it may cost more than an honest submission: the cells that have to be stopped.
    expect
        How it has to end, where that matters.
    batch
        Attacks of one batch share a class with its own limits: ``numpy`` or ``keras``.
    cells
        The cells of each of its submissions.
    prepare
        Changes the submitted folder and the notebook; when it returns False it has written the notebook itself.
    """

    name: str
    group: str
    what: str
    honest: frozenset[str] = frozenset()
    may_lose: frozenset[str] = frozenset()
    seconds: float = 0.0
    expect: str = ""
    batch: str = "numpy"
    cells: tuple[tuple[HostileCell, ...], ...] = ((),)
    prepare: Callable[[Path, Any], bool | None] | None = field(default=None, compare=False)

    @property
    def students(self) -> list[str]:
        """The students who hand it in; the one who counts comes last."""
        first = f"mallory_{self.name}"
        return [first] if len(self.cells) == 1 else [first, f"{first}_second"]


def read_attacks(*groups: str) -> list[Attack]:
    """All attacks of some groups, in the order of their names."""
    return [read_attack(path) for group in groups or GROUPS for path in sorted((FOLDER / group).glob("*.py"))]


def read_attack(path: Path) -> Attack:
    """Read one file.

    Raises
    ------
    ValueError
        When a header is missing, misspelt or contradicts the folder.
    """
    head, submissions = _parts(path.read_text(encoding="utf-8"))
    what = ast.get_docstring(ast.parse(head))
    if not what:
        raise ValueError(f"{path.name} does not say in a docstring what it tries.")
    headers = dict(match.groups() for line in head.splitlines() if (match := _HEADER.match(line)))
    if unknown := set(headers) - set(HEADERS):
        raise ValueError(f"{path.name} has headers that nobody reads: {', '.join(sorted(unknown))}.")
    if headers.get("group") != path.parent.name:
        raise ValueError(f"{path.name} stands in {path.parent.name} and says {headers.get('group')}.")
    if headers.get("expect", "failed") not in EXPECTATIONS:
        raise ValueError(f"{path.name} expects {headers['expect']!r}, which is none of {EXPECTATIONS}.")
    names: dict[str, Any] = {}
    exec(compile(head, str(path), "exec"), names)
    return Attack(
        name=path.stem,
        group=headers["group"],
        what=" ".join(what.split()),
        honest=_solutions(headers.get("honest", ""), path),
        may_lose=_solutions(headers.get("may lose", ""), path),
        seconds=float(headers.get("seconds", 0)),
        expect=headers.get("expect", ""),
        batch=headers.get("batch", "numpy"),
        cells=submissions,
        prepare=names.get("submission"),
    )


def _parts(text: str) -> tuple[str, tuple[tuple[HostileCell, ...], ...]]:
    """The head, which is Python of the test, and the cells of each submission, which are not."""
    head: list[str] = []
    submissions: list[list[HostileCell]] = [[]]
    place, extra = "setup", False
    lines: list[str] | None = None

    def finish() -> None:
        if lines is not None:
            submissions[-1].append(HostileCell(place, extra, "\n".join(lines).strip("\n")))

    for line in text.splitlines():
        if line == _SECOND:
            finish()
            submissions.append([])
            place, lines = "setup", None
        elif match := _CELL.match(line):
            finish()
            title = match.group(1).split()
            extra = title[0] == "+"
            if not extra:
                place = title[0]
            elif len(title) > 1:
                place = title[1]
            lines = []
        else:
            (head if lines is None else lines).append(line)
    finish()
    return "\n".join(head) + "\n", tuple(tuple(cells) for cells in submissions)


def _solutions(words: str, path: Path) -> frozenset[str]:
    names = frozenset(SOLUTIONS if words.strip() == "all" else words.split())
    if unknown := names - set(SOLUTIONS):
        raise ValueError(
            f"{path.name} names solutions that the course has not: {', '.join(sorted(unknown))}."
        )
    return names

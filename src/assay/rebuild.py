"""Rebuilds a submitted notebook on the master: order and code of cells from the student, everything else from the course."""

from __future__ import annotations

import ast
import copy
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from nbformat import NotebookNode

from assay.cells import grade_id, is_graded, is_solution, is_test, role
from assay.errors import AssayError
from assay.regions import Kind, drop_regions, find_regions
from assay.untrusted import SubmittedCell, SubmittedNotebook, submitted_notebook

CODE_STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
TEXT_STUB = "YOUR ANSWER HERE"
LIKE_ENOUGH = 0.6
NAMED_ENOUGH = 0.5
# Shorter texts may stand in a student's cell by chance.
MERGED_LENGTH = 20
LISTED = 5
NAMED = 12

_CELL_ID = re.compile(r"[a-zA-Z0-9-_]{1,64}")
_WORD = re.compile(r"[^\W\d]\w*")
# Names that a cell binds in its first column; no parser of Python is let near what a student wrote.
_DEFINED = re.compile(
    r"^(?:(?:async[ \t]+)?def[ \t]+(\w+)|class[ \t]+(\w+)|(\w+(?:[ \t]*,[ \t]*\w+)*)[ \t]*(?::[^=\n]+)?=(?!=))",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Rebuilt:
    """A notebook (nbformat 4.5, no outputs) that is safe to run as one of the course's, and what was repaired.

    ``submitted_outputs`` holds what the student's cells showed when they were handed in, by the id of the cell. It
    is as untrusted as before: clean it before anybody's browser shows it.
    """

    notebook: NotebookNode
    repairs: tuple[str, ...]
    submitted_outputs: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


def rebuild(
    submission: SubmittedNotebook | NotebookNode,
    master: NotebookNode,
    handed_out: Mapping[str, str] | None = None,
) -> Rebuilt:
    """Rebuild a submitted notebook on the master.

    Parameters
    ----------
    submission
        As ``assay.untrusted`` reads it; of a ``NotebookNode`` nothing else is believed than of that.
    master
        The instructor's version, with solutions and hidden tests.
    handed_out
        Sources of solution cells as students got them, by grade id (the gradebook knows them); made from the
        master with nbgrader's usual stubs where they are not given.
    """
    if not isinstance(submission, SubmittedNotebook):
        submission = submitted_notebook(submission)
    known = _master_cells(master, handed_out or {})
    notes = _Notes()
    parts = [_Part(cell) for cell in submission.cells]
    _match_by_claim(parts, known, notes)
    _match_by_content(parts, known, notes)
    parts = _split_merged(parts, known, notes)
    _move_answers(parts, known, notes)
    _note_changes(parts, known, notes)
    parts = _in_order(parts, known, notes)
    parts = _put_back(parts, known, notes)
    return _written(parts, known, master, (*submission.notes, *notes.sentences()))


def likeness(submission: SubmittedNotebook, master: NotebookNode) -> float:
    """How many of the master's cells a notebook holds, as a share: 0 for an unrelated one."""
    known = _master_cells(master, {})
    parts = [_Part(cell) for cell in submission.cells]
    _match_by_claim(parts, known, _Notes())
    _match_by_content(parts, known, _Notes(), places=False)
    return sum(part.match is not None for part in parts) / max(len(known), 1)


def released_source(source: str, *, solution: bool = False, code: bool = True) -> str:
    """A master cell's source as students got it: without hidden tests and rubrics, solutions replaced by stubs."""
    try:
        if solution:
            source = _with_stubs(source, CODE_STUB if code else TEXT_STUB)
        return drop_regions(source, Kind.HIDDEN_TESTS, Kind.MARK_SCHEME)
    except AssayError:
        return source


@dataclass(frozen=True, eq=False)
class _Master:
    """A cell of the master: its place, its text as handed out, and its names.

    ``promises`` are the names that any answer in this cell must bind, ``defines`` those that the master's own binds,
    ``uses`` those that it reads.
    """

    place: int
    cell: NotebookNode
    grade_id: str
    released: str
    promises: frozenset[str]
    defines: frozenset[str]
    uses: frozenset[str]

    @property
    def cell_id(self) -> str:
        own = str(self.cell.get("id", ""))
        return own if _CELL_ID.fullmatch(own) else f"master-{self.place}"

    @property
    def is_code(self) -> bool:
        return bool(self.cell.cell_type == "code")

    @property
    def is_test(self) -> bool:
        return is_test(self.cell)

    @property
    def is_solution(self) -> bool:
        return is_solution(self.cell)

    @property
    def is_answer(self) -> bool:
        """Whether it is a written answer."""
        return self.is_solution and not self.is_code

    @property
    def is_given(self) -> bool:
        """Whether its text is the course's own whatever the submission says."""
        return (
            bool(self.grade_id)
            and not self.is_solution
            and bool(role(self.cell).get("locked") or is_graded(self.cell))
        )

    @property
    def goes_back(self) -> bool:
        return self.is_given or (self.is_solution and is_graded(self.cell))


class _Part:
    """A cell on its way into the rebuilt notebook; ``match`` is the cell of the master that it is."""

    def __init__(self, cell: SubmittedCell, match: _Master | None = None) -> None:
        self.match = match
        self.take(cell)

    def take(self, cell: SubmittedCell) -> None:
        """Have the content of ``cell``; what is looked for in it again and again is found once."""
        self.cell = cell
        self.normal = _normal(cell.source)
        self.lines = _lines(cell.source)
        self.defines = _defined(cell.source)

    @property
    def is_ordinary(self) -> bool:
        return self.match is None

    @property
    def is_code(self) -> bool:
        return self.match.is_code if self.match else self.cell.cell_type == "code"


class _Notes:
    """What was repaired, in kinds: few of a kind are said one by one, many in one sentence."""

    def __init__(self) -> None:
        self._kinds: dict[tuple[str, str], list[str]] = {}

    def add(self, one: str, many: str, name: str) -> None:
        """Note something about the cell ``name``; ``one`` has a place for its name, ``many`` for number and names."""
        self._kinds.setdefault((one, many), []).append(name)

    def sentences(self) -> list[str]:
        found = []
        for (one, many), names in self._kinds.items():
            if len(names) > LISTED:
                more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
                found.append(many.format(len(names), ", ".join(names[:NAMED]) + more))
            else:
                found += [one.format(name) for name in dict.fromkeys(names)]
        return found


def _master_cells(master: NotebookNode, handed_out: Mapping[str, str]) -> list[_Master]:
    known = []
    for place, cell in enumerate(master.cells):
        code = cell.cell_type == "code"
        name = grade_id(cell)
        released = handed_out.get(name) if is_solution(cell) else None
        if released is None:
            released = released_source(cell.source, solution=is_solution(cell), code=code)
        known.append(
            _Master(
                place=place,
                cell=cell,
                grade_id=name,
                released=released,
                promises=(_defined(released) or _defined(cell.source)) if code else frozenset(),
                defines=_defined(cell.source) if code else frozenset(),
                uses=_used(cell.source) if code else frozenset(),
            )
        )
    return known


def _match_by_claim(parts: list[_Part], known: list[_Master], notes: _Notes) -> None:
    """The first cell with a known grade id is that cell; then the first with the id of a cell of the master."""
    by_grade_id = {one.grade_id: one for one in known if one.grade_id}
    taken: set[int] = set()
    for part in parts:
        claimed = part.cell.grade_id
        one = by_grade_id.get(claimed)
        if one is not None and one.place not in taken:
            taken.add(one.place)
            part.match = one
        elif one is not None:
            notes.add(
                "The cell {} was there twice; the first one counts.",
                "{} cells were there twice; the first of each counts: {}.",
                claimed,
            )
        elif claimed:
            notes.add(
                "A cell has a grade id that this assignment does not know; it is an ordinary cell.",
                "{} cells have a grade id that this assignment does not know; they are ordinary cells.",
                claimed,
            )
    by_id = {one.cell.get("id"): one for one in known if one.place not in taken and one.cell.get("id")}
    for part in parts:
        one = by_id.get(part.cell.cell_id)
        if part.match is not None or one is None or part.cell.grade_id in by_grade_id:
            continue
        if one.place not in taken:
            taken.add(one.place)
            _found(part, one, notes)


def _match_by_content(
    parts: list[_Part], known: list[_Master], notes: _Notes, *, places: bool = True
) -> None:
    """Find what lost its metadata: by its text, by the names that it defines, by where it stands."""
    copies = {one.grade_id for one in known if one.grade_id}
    free = [part for part in parts if part.match is None and part.cell.grade_id not in copies]
    missing = _missing(parts, known)
    if not free or not missing:
        return
    texts: dict[str, _Part] = {}
    for part in free:
        texts.setdefault(part.normal, part)
    for one in missing:
        if one.is_solution:
            continue
        for text in (one.released, one.cell.source):
            found = texts.get(_normal(text))
            if found is not None and found.match is None and text.strip():
                _found(found, one, notes)
                break
    for one in _missing(parts, known):
        if one.is_given:
            _match_alike(one, [part for part in free if part.match is None], notes)
    for one in _missing(parts, known):
        if one.is_solution and one.is_code:
            _match_by_names(one, parts, set(free), notes)
    for one in _missing(parts, known):
        if one.is_solution and places:
            _match_by_place(one, parts, set(free), notes)


def _match_alike(one: _Master, free: list[_Part], notes: _Notes) -> None:
    lines = _lines(one.released)
    scores = [(_likeness(lines, part.lines), -number) for number, part in enumerate(free)]
    best, number = max(scores, default=(0.0, 0))
    if best >= LIKE_ENOUGH:
        _found(free[-number], one, notes)


def _match_by_names(one: _Master, parts: list[_Part], free: set[_Part], notes: _Notes) -> None:
    """A solution is where the names are defined that it has to define; between its neighbours if possible."""
    if not one.promises:
        return
    first, last = _gap(one, parts)
    best: tuple[float, bool, int] = (0.0, False, 0)
    for number, part in enumerate(parts):
        if part in free and part.match is None:
            share = len(one.promises & part.defines) / len(one.promises)
            if share >= NAMED_ENOUGH:
                best = max(best, (share, first < number < last, -number))
    if best[0] > 0:
        _found(parts[-best[2]], one, notes)


def _match_by_place(one: _Master, parts: list[_Part], free: set[_Part], notes: _Notes) -> None:
    """Else it is what stands in its place: the first text for an answer, the only code or the most alike for code."""
    first, last = _gap(one, parts)
    if (first, last) == (-1, len(parts)):
        # Nothing of the master is there: a place between no neighbours is none.
        return
    between = [part for part in parts[first + 1 : last] if part in free and part.match is None]
    between = [part for part in between if part.cell.source.strip()]
    if one.is_answer:
        texts = [part for part in between if part.cell.cell_type != "code"]
        # An answer that was written into a code cell.
        found = texts or (between if len(between) == 1 else [])
        if found:
            _found(found[0], one, notes)
        return
    code = [part for part in between if part.cell.cell_type == "code"]
    if code:
        lines = _lines(one.released)
        scores = [_likeness(lines, part.lines) for part in code]
        if len(code) == 1 or max(scores) > 0:
            _found(code[scores.index(max(scores))], one, notes)


def _gap(one: _Master, parts: list[_Part]) -> tuple[int, int]:
    """The places of the nearest cells of the master that stand before and after ``one`` there."""
    first, last = -1, len(parts)
    before = max(
        (part.match.place for part in parts if part.match and part.match.place < one.place), default=-1
    )
    after = min(
        (part.match.place for part in parts if part.match and part.match.place > one.place), default=-1
    )
    for number, part in enumerate(parts):
        if part.match and part.match.place == before:
            first = number
        if part.match and part.match.place == after:
            last = number
    return first, last


def _split_merged(parts: list[_Part], known: list[_Master], notes: _Notes) -> list[_Part]:
    """Take the course's own text out of the cells that a student merged it into, and keep theirs."""
    result: list[_Part] = []
    for part in parts:
        one = part.match
        rest = _rest(part.normal, _normal(one.released)) if one is not None and one.is_given else None
        if one is None or rest is None or not _is_work(rest, known):
            result.append(part)
            continue
        own = _Part(SubmittedCell(one.cell.cell_type, rest, attachments=part.cell.attachments))
        part.take(replace(part.cell, source=one.released, attachments={}))
        notes.add(
            "The cell {} was merged with other text; that is a cell of its own again.",
            "{} cells were merged with other text; that is in cells of its own again: {}.",
            one.grade_id,
        )
        if one.is_code:
            # Code that is tested comes before its test.
            own.match = _wanted(rest, [*parts, *result], known)
            result += [own, part]
        else:
            own.match = _answer_of(one, [*parts, *result], known)
            result += [part, own]
    for one in _missing(result, known):
        text = _normal(one.released)
        if not one.is_given or len(text) < MERGED_LENGTH:
            continue
        for part in result:
            if part.is_code is not one.is_code or (part.match and part.match.is_given):
                continue
            rest = _rest(part.normal, text)
            if rest is not None:
                part.take(replace(part.cell, source=rest))
                notes.add(
                    "The cell {} was merged into another; it is a cell of its own again.",
                    "{} cells were merged into others; they are cells of their own again: {}.",
                    one.grade_id,
                )
                break
    return result


def _answer_of(question: _Master, parts: list[_Part], known: list[_Master]) -> _Master | None:
    """The written answer to a question when its cell is missing or as it was handed out; it has no cell then."""
    one = next((one for one in known[question.place + 1 :] if one.grade_id), None)
    if one is None or not one.is_answer:
        return None
    part = _part_of(one, parts)
    if part is not None:
        if part.normal not in ("", _normal(one.released)):
            return None
        part.match = None
    return one


def _rest(source: str, released: str) -> str | None:
    """What stands in ``source`` besides ``released``, or None when that is not in it or is all of it."""
    if not released or released not in source or source == released:
        return None
    before, _, after = source.partition(released)
    return "\n\n".join(text for text in (before.strip("\n"), after.strip("\n")) if text.strip())


def _is_work(rest: str, known: list[_Master]) -> bool:
    """Whether the rest of a merged cell is more than another of the course's own cells."""
    return bool(rest.strip()) and all(_normal(rest) != _normal(one.released) for one in known if one.is_given)


def _wanted(source: str, parts: Iterable[_Part], known: list[_Master]) -> _Master | None:
    """The missing solution that this code is, if any."""
    names = _defined(source)
    for one in _missing(list(parts), known):
        share = len(one.promises & names) / max(len(one.promises), 1)
        if one.is_solution and one.is_code and share >= NAMED_ENOUGH:
            return one
    return None


def _move_answers(parts: list[_Part], known: list[_Master], notes: _Notes) -> None:
    """Where an answer's cell is as it was handed out and text of the student's own follows, that text is the answer."""
    for number, part in enumerate(parts):
        one = part.match
        if one is None or not one.is_answer:
            continue
        following = []
        for other in parts[number + 1 :]:
            if not other.is_ordinary or other.is_code or not other.cell.source.strip():
                break
            following.append(other)
        if not following:
            continue
        if part.normal in ("", _normal(one.released)):
            # Otherwise it would count as not answered, and nobody would read what stands below it.
            part.match, following[0].match = None, one
            following = following[1:]
            notes.add(
                "The answer {} stood in the cell below its own.",
                "{} answers stood in the cells below their own: {}.",
                one.grade_id,
            )
        if following:
            notes.add(
                "The answer {} goes on in the cells below it.",
                "{} answers go on in the cells below them: {}.",
                one.grade_id,
            )


def _note_changes(parts: list[_Part], known: list[_Master], notes: _Notes) -> None:
    for part in parts:
        one = part.match
        if one is None or not one.grade_id:
            continue
        if part.cell.cell_type != one.cell.cell_type:
            notes.add(
                f"The cell {{}} had become a {part.cell.cell_type} cell; it is a {one.cell.cell_type} cell again.",
                f"{{}} cells had become {part.cell.cell_type} cells and are {one.cell.cell_type} cells again: {{}}.",
                one.grade_id,
            )
        texts = (_normal(one.released), _normal(one.cell.source))
        if one.is_given and part.normal not in texts:
            notes.add(
                "The cell {} was changed; the course's own text counts.",
                "{} cells were changed; the course's own text counts: {}.",
                one.grade_id,
            )


def _in_order(parts: list[_Part], known: list[_Master], notes: _Notes) -> list[_Part]:
    """Move what stands too early or too late: a test before what it tests, a given cell behind what uses it."""
    parts = list(parts)
    for one in known:
        part = _part_of(one, parts)
        if part is None or not one.is_given or not one.is_code:
            continue
        number = parts.index(part)
        if one.is_test:
            behind = _last_provider(one, parts, known)
            if behind > number:
                parts.remove(part)
                parts.insert(_after_own(parts, behind - 1, one), part)
                notes.add(
                    "The test {} stood before the code that it tests; it was moved behind it.",
                    "{} tests stood before the code that they test; they were moved behind it: {}.",
                    one.grade_id,
                )
        else:
            before = _first_user(one, parts)
            if before < number and _last_provider(one, parts, known) < before:
                parts.remove(part)
                parts.insert(before, part)
                notes.add(
                    "The cell {} stood behind code that needs it; it was moved before it.",
                    "{} cells stood behind code that needs them; they were moved before it: {}.",
                    one.grade_id,
                )
    return parts


def _put_back(parts: list[_Part], known: list[_Master], notes: _Notes) -> list[_Part]:
    parts = list(parts)
    gone = _missing(parts, known)
    for one in gone:
        if not one.goes_back:
            if one.is_solution:
                notes.add("The cell {} was deleted.", "{} cells for answers were deleted: {}.", one.grade_id)
            continue
        part = _Part(SubmittedCell(one.cell.cell_type, one.released), one)
        parts.insert(_place(one, parts, known), part)
        notes.add(
            "The cell {} was missing; it was put back.",
            "{} cells were missing and were put back: {}.",
            one.grade_id,
        )
    return parts


def _place(one: _Master, parts: list[_Part], known: list[_Master]) -> int:
    """Where a missing cell goes: behind the nearest earlier cell of the master, a test behind what it tests as well."""
    anchor = max(
        (part.match.place for part in parts if part.match and part.match.place < one.place), default=-1
    )
    number = next(
        (number for number, part in enumerate(parts) if part.match and part.match.place == anchor), -1
    )
    if not one.is_test:
        if one.is_given and one.is_code:
            return min(number + 1, max(_first_user(one, parts), _last_provider(one, parts, known) + 1))
        return number + 1
    # Code of the student's own that follows may be the other half of the answer, or stand for a deleted one.
    return _after_own(parts, max(number, _last_provider(one, parts, known)), one)


def _after_own(parts: list[_Part], number: int, test: _Master) -> int:
    """The place for a test behind the cell ``number``, the student's own cells that follow, and earlier tests."""
    number += 1
    for part in parts[number:]:
        if part.match and not (part.match.is_test and part.match.place < test.place):
            break
        number += 1
    return number


def _last_provider(one: _Master, parts: list[_Part], known: list[_Master]) -> int:
    """The place of the last cell that ``one`` needs, or -1: answers whose names it uses, given cells before it."""
    last = -1
    for other in known[: one.place]:
        if not other.is_code or not other.defines & one.uses:
            continue
        if other.is_solution:
            last = max(last, _provider(other, one, parts))
        elif other.is_given and not other.is_test and not one.is_test:
            part = _part_of(other, parts)
            last = max(last, parts.index(part) if part else -1)
    if one.is_test and last < 0:
        nearest = [other for other in known[: one.place] if other.is_solution and other.is_code]
        part = _part_of(nearest[-1], parts) if nearest else None
        last = parts.index(part) if part else -1
    return last


def _provider(solution: _Master, user: _Master, parts: list[_Part]) -> int:
    """The place of the cell that answers ``solution``: its own, else the first that defines what ``user`` needs of it."""
    part = _part_of(solution, parts)
    if part is not None:
        return parts.index(part)
    needed = solution.defines & user.uses
    for number, other in enumerate(parts):
        if other.is_code and not (other.match and other.match.is_given) and needed & other.defines:
            return number
    return -1


def _first_user(one: _Master, parts: list[_Part]) -> int:
    """The place of the first cell that uses names of ``one``, if cells that come later in the master stand before it."""
    users = []
    for number, part in enumerate(parts):
        if part.match is one:
            break
        earlier = part.match and (part.match.place < one.place or part.match.is_test)
        if part.is_code and not earlier and one.defines & frozenset(_WORD.findall(part.cell.source)):
            users.append(number)
    # Among the student's own cells alone, one that binds the name by itself looks like a user.
    return users[0] if any(parts[number].match for number in users) else len(parts)


def _written(
    parts: list[_Part], known: list[_Master], master: NotebookNode, repairs: Iterable[str]
) -> Rebuilt:
    taken = {one.cell_id for one in known}
    cells, outputs = [], {}
    for number, part in enumerate(parts):
        one = part.match
        cell_id = one.cell_id if one else part.cell.cell_id
        if one is None and (not _CELL_ID.fullmatch(cell_id) or cell_id in taken):
            cell_id = f"submitted-{number}"
            while cell_id in taken:
                cell_id += "-"
        taken.add(cell_id)
        cells.append(_new_cell(part, cell_id))
        if part.cell.outputs and part.is_code:
            outputs[cell_id] = [dict(output) for output in part.cell.outputs]
    metadata = {
        key: copy.deepcopy(master.metadata[key])
        for key in ("kernelspec", "language_info")
        if key in master.metadata
    }
    notebook = NotebookNode(nbformat=4, nbformat_minor=5, metadata=NotebookNode(metadata), cells=cells)
    return Rebuilt(notebook, tuple(repairs), outputs)


def _new_cell(part: _Part, cell_id: str) -> NotebookNode:
    one = part.match
    if one is None:
        cell_type, source, metadata = part.cell.cell_type, part.cell.source, NotebookNode()
    else:
        cell_type = one.cell.cell_type
        source = one.cell.source if one.is_given else part.cell.source
        metadata = copy.deepcopy(one.cell.metadata)
        if one.grade_id:
            given = one.cell.source if one.is_given else one.released
            metadata["nbgrader"]["checksum"] = _checksum(one.cell, given)
    # Not nbformat's own makers of cells: each validates its cell, which takes most of the time.
    cell = NotebookNode(cell_type=cell_type, id=cell_id, metadata=metadata, source=source)
    if cell_type == "code":
        cell.update(outputs=[], execution_count=None)
    elif part.cell.attachments:
        cell["attachments"] = NotebookNode(copy.deepcopy(part.cell.attachments))
    return cell


def _checksum(cell: NotebookNode, source: str) -> str:
    """nbgrader's checksum of a cell with this source: an answer that still has it was not answered."""
    about = role(cell)
    solution, grade = bool(about.get("solution")), bool(about.get("grade"))
    locked = not solution and (grade or bool(about.get("locked")))
    words = [source, cell.cell_type, str(grade), str(solution), str(locked), grade_id(cell)]
    if grade:
        words.append(str(float(about.get("points", 0))))
    return hashlib.md5("".join(words).encode(), usedforsecurity=False).hexdigest()


def _missing(parts: list[_Part], known: list[_Master]) -> list[_Master]:
    present = {part.match.place for part in parts if part.match}
    return [one for one in known if one.place not in present]


def _part_of(one: _Master, parts: list[_Part]) -> _Part | None:
    return next((part for part in parts if part.match is one), None)


def _found(part: _Part, one: _Master, notes: _Notes) -> None:
    part.match = one
    if one.grade_id:
        notes.add(
            "The cell {} had lost its metadata; it was found again by its content.",
            "{} cells had lost their metadata; they were found again by their content: {}.",
            one.grade_id,
        )


def _normal(source: str) -> str:
    """A source without what editors change: line ends, blanks at the end of lines, empty lines around."""
    return "\n".join(line.rstrip() for line in source.splitlines()).strip("\n")


def _lines(source: str) -> set[str]:
    return {line.strip() for line in source.splitlines()} - {""}


def _likeness(one: set[str], other: set[str]) -> float:
    return len(one & other) / max(len(one | other), 1)


def _defined(source: str) -> frozenset[str]:
    """The names that code binds at its top level."""
    names: set[str] = set()
    for function, kind, targets in _DEFINED.findall(source):
        names.update(name.strip() for name in (function, kind, *targets.split(",")) if name.strip())
    for line in source.splitlines():
        if line.startswith(("import ", "from ")):
            names.update(re.split(r"[ \t,()]+", line.rpartition("import ")[2].split("#")[0]))
    return frozenset(names - {"", "_", "as"})


def _used(source: str) -> frozenset[str]:
    """The names that the course's own code reads; every word of it when it is not plain Python."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset(_WORD.findall(source))
    return frozenset(
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    )


def _with_stubs(source: str, stub: str) -> str:
    """What nbgrader's ``ClearSolutions`` makes of a solution cell."""
    regions = [region for region in find_regions(source) if region.kind is Kind.SOLUTION]
    if not regions:
        return stub
    lines = source.split("\n")
    for region in reversed(regions):
        indent = re.match(r"\s*", lines[region.first])
        space = indent.group() if indent else ""
        lines[region.first : region.last + 1] = [space + line for line in stub.split("\n")]
    return "\n".join(lines)

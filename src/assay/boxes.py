"""What a student may read of each graded cell: what was checked, what was seen, and what was expected where that gives nothing away.

The rules of secrecy stand here and nowhere else; `assay.feedback` shows what this module lets through.

- A hidden test gives its sentence when it failed, and what its author wrote as a message if that is fixed text without a number
  or a value of the tests in it: text that was made while grading could carry what the tests had asked.
- Below the first hidden test of a notebook the student's functions have seen hidden inputs, and could tell them in what they
  return or raise: a visible test gives its sentence there, and no detail.
- Lines of a student's code are shown from the notebook that they handed in, never from a traceback.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from nbformat import NotebookNode

from assay.cells import grade_id, is_solution, is_test, role
from assay.errors import AssayError
from assay.regions import Kind, drop_regions, find_regions
from assay.verdict import Status, Verdict, plain, short

SECRET = (Kind.HIDDEN_TESTS, Kind.MARK_SCHEME)
NOT_MARKED = "Not marked yet: a person reads this answer."
RUN_IT = "(run this test in your notebook to see what it got)"
NOT_TESTED = "Not marked yet: the tests could not mark this answer; a person looks at it."
GRADER_BROKE = "The grader broke on this test. That is the grader's fault and not yours: a person looks at it, and nothing is lost."
CANNOT_READ = "The tests could not take in this answer, right or wrong. A person looks at it."
NOT_RUN = "This test was not run. A person looks at it."
IN_HIDDEN_PART = "It went wrong in a part of the test that you do not see."
OPEN = "This is not answered yet."

_LINE_OF_CELL = re.compile(r"Cell In\[(\d+)\], line (\d+)")
_STUDENTS_LINE = re.compile(r"^\s*cell, line (\d+), in [^:\n]{1,80}: (.+)$", re.MULTILINE)
_PARTS = re.compile(
    r"(?P<what>.+?): got (?P<got>.+?)(?:, expected (?P<expected>(?:(?!, expected ).)+)|, choose (?P<choice>one of .+))?"
)
# A likely slip is words in brackets at the end, and no tuple or type: three words or more, no value among them.
_SLIP = re.compile(r"(?P<text>.+) \((?P<slip>[^()\d'\"\[\]]*\s[^()\d'\"\[\]]*\s[^()\d'\"\[\]]*)\)", re.DOTALL)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_LINES_SHOWN = 3


@dataclass(frozen=True)
class OwnLine:
    """A line of the student's own: the place of its cell in the notebook (from 1), its number there (from 1) and its text."""

    place: int
    number: int
    text: str


@dataclass(frozen=True)
class Stop:
    """A cell of the student's own that stopped: the kind of its error, and the line where it is known."""

    kind: str
    line: OwnLine | None = None


@dataclass(frozen=True)
class Seen:
    """What a student may read of a test cell.

    Attributes
    ----------
    passed
        The sentences of the visible claims that hold.
    awards
        Points of partial credit and what they are given for.
    checked
        What did not hold: a claim's sentence, or a line of a visible test.
    got, expected, slip
        The parts of the message, where they can be told apart.
    details
        The message, or what is left of it.
    own_lines
        The student's lines that an error came through, the last one last.
    note
        A sentence on what happened where nothing of the answer could be judged.
    own_run
        Whether the message is of the student's own run of the test, as it was handed in.
    """

    passed: tuple[str, ...] = ()
    awards: tuple[tuple[float, str], ...] = ()
    checked: str = ""
    got: str = ""
    expected: str = ""
    slip: str = ""
    details: str = ""
    own_lines: tuple[OwnLine, ...] = ()
    note: str = ""
    own_run: bool = False
    said: str = field(default="", repr=False)
    """All of it but ``passed`` and ``awards`` as plain text."""


@dataclass(frozen=True)
class Claim:
    """A claim of a test cell: its sentence, its first and last line (from 1), whether students see it, and its fixed messages."""

    sentence: str
    first: int
    last: int
    visible: bool
    messages: tuple[str, ...] = ()


def seen_in(
    cell: NotebookNode,
    verdict: Verdict | None,
    told: bool = False,
    notebook: Sequence[NotebookNode] = (),
    handed_in: Sequence[NotebookNode] = (),
) -> Seen:
    """What a student may read of a test cell.

    Parameters
    ----------
    cell
        The test cell of the autograded notebook, with all of its source and what it put out.
    verdict
        What the machine found, or None when the test was not run.
    told
        Whether the student's functions may have seen hidden inputs before this cell.
    notebook
        All cells, for the student's own lines.
    handed_in
        What the cell showed when it was handed in, cleaned: a student's own run of the visible test, from before any hidden one.
    """
    if verdict is None or verdict.status.needs_person:
        note = NOT_RUN
        if verdict is not None:
            note = GRADER_BROKE if verdict.status is Status.GRADER_ERROR else CANNOT_READ
        return Seen(note=note, said=NOT_TESTED)
    claims = claims_of(cell.source)
    if verdict.status is Status.PASSED and not verdict.awards:
        return Seen(passed=tuple(claim.sentence for claim in claims if claim.visible))
    passed = tuple(_passed(cell, claims))
    error = _error_of(cell)
    if error is None:
        return Seen(passed=passed, awards=verdict.awards)
    failed = _failure(cell, error, claims, verdict, told, notebook, passed)
    return _with_own_run(failed, claims, handed_in) if told else failed


def as_text(seen: Seen) -> str:
    """The same as lines of text, for templates that know of no boxes."""
    lines = [f"passed: {sentence}" for sentence in seen.passed]
    lines += [f"awarded {points:g}: {reason}" for points, reason in seen.awards]
    if seen.said:
        lines.append(seen.said)
    return "".join(f"{line}\n" for line in lines or ["passed"])


def public_source(source: str) -> str:
    """A cell's source without hidden tests and rubrics."""
    try:
        return drop_regions(source, *SECRET)
    except AssayError:
        # Only a student's own cell can be so damaged; should a locked one ever be, it shows too little.
        lines = source.split("\n")
        begins = [number for number, line in enumerate(lines) if any(kind.begin in line for kind in SECRET)]
        return "\n".join(lines[: min(begins, default=len(lines))])


def hides(source: str, line: int | None = None) -> bool:
    """Whether a hidden region begins in a cell, or above a line of it."""
    try:
        regions = find_regions(source)
    except AssayError:
        return True
    return any(region.kind in SECRET and (line is None or region.first < line) for region in regions)


def is_students(cell: NotebookNode) -> bool:
    """Whether the text of a cell is the student's, as far as the notebook says so."""
    return is_solution(cell) or not (role(cell).get("locked") or is_test(cell))


def claims_of(source: str) -> list[Claim]:
    """The claims of a test cell, in their order."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return []
    claims = []
    for function in tree.body:
        if not isinstance(function, ast.FunctionDef) or not _is_claim(function):
            continue
        first = min(decorator.lineno for decorator in function.decorator_list)
        last = function.end_lineno or function.lineno
        claims.append(
            Claim(
                " ".join((ast.get_docstring(function) or "").split()),
                first,
                last,
                not _is_hidden(source, first),
                tuple(_messages(function)),
            )
        )
    return claims


def stopped_at(cell: NotebookNode, place: int) -> Stop | None:
    """Where a student's own cell stopped while grading, or None when it did not.

    Only for a cell that ran before any hidden test: a later one could tell by where it stops what it has seen.
    """
    error = _error_of(cell)
    if error is None:
        return None
    number = _line(cell, error)
    lines = cell.source.split("\n")
    known = number is not None and 0 < number <= len(lines)
    line = OwnLine(place, number, lines[number - 1].strip()) if known and number else None
    return Stop(error.ename if _is_known(error.ename) else "an error", line)


def message_of(error: NotebookNode) -> str:
    """An error in one or two short lines without colours; of a claim that failed, its own words only."""
    text = plain(error.get("evalue", ""))
    if error.ename != "ClaimFailed":
        text = f"{error.ename}: {text}" if text else str(error.ename)
    return short(text)


def _passed(cell: NotebookNode, claims: list[Claim]) -> Iterator[str]:
    """The visible claims that reported themselves; a line is shown only when it is one of their sentences."""
    streams = [output.text for output in cell.outputs if output.output_type == "stream"]
    printed = set("".join(streams).splitlines())
    for claim in claims:
        if claim.visible and f"passed: {claim.sentence}" in printed:
            yield claim.sentence


def _failure(
    cell: NotebookNode,
    error: NotebookNode,
    claims: list[Claim],
    verdict: Verdict,
    told: bool,
    notebook: Sequence[NotebookNode],
    passed: tuple[str, ...],
) -> Seen:
    status = verdict.status
    done: dict[str, Any] = {"passed": passed, "awards": verdict.awards}
    if status in (Status.TIMED_OUT, Status.DIED):
        # The message is one of the grader's own sentences.
        return Seen(note=verdict.message, said=f"{status.value}: {verdict.message}", **done)
    first, _, rest = plain(error.evalue).partition("\n")
    rest = rest.strip()
    claim = next((claim for claim in claims if claim.sentence == first), None)
    line = _line(cell, error)
    # A function that has seen the inputs of a hidden test can tell them in what it returns or raises later on.
    visible = line is not None and not told and not hides(cell.source, line)
    if claim is not None:
        if visible and claim.visible:
            text, parts = rest, _parts(rest, claim.messages)
        elif rest == OPEN:
            text, parts = rest, {"details": rest}
        elif claim.visible:
            # What looks like a visible claim's failure below a hidden one is not it.
            text, parts = (RUN_IT, {"details": RUN_IT}) if told else ("", {})
        else:
            text = _fixed_message(rest, claim, cell.source)
            parts = _parts(text, ())
        said = f"{status.value}: {claim.sentence}" + (f"\n{text}" if text else "")
        return Seen(checked=claim.sentence, said=said, **parts, **done)
    # No claim's sentence: the student's code raised, or a test of plain asserts failed. The name of an error class is a
    # student's text, too.
    running = next((claim for claim in claims if line and claim.first <= line <= claim.last), None)
    sentence = running.sentence if running else ""
    kind = error.ename if visible or _is_known(error.ename) else "an error"
    details = message_of(error) if visible else kind
    said = f"{status.value}: " + (f"{sentence}\n" if sentence else "") + details
    own_lines: tuple[OwnLine, ...] = ()
    checked = sentence
    if visible:
        own_lines = tuple(_own_lines(error, notebook))
        if not checked and line is not None:
            checked = cell.source.split("\n")[line - 1].strip() if line <= cell.source.count("\n") + 1 else ""
    elif told and running is not None and running.visible:
        details = f"{kind} {RUN_IT}"
    elif running is None and hides(cell.source) and line is not None and hides(cell.source, line):
        details = f"{IN_HIDDEN_PART} ({kind})"
    return Seen(checked=checked, details=details, own_lines=own_lines, said=said, **done)


def _with_own_run(failed: Seen, claims: Sequence[Claim], handed_in: Sequence[NotebookNode]) -> Seen:
    """Put what the student's own run of the test said in the place of what must not be told of the grader's, if it failed alike."""
    errors = [output for output in handed_in if output.output_type == "error"]
    if not failed.details.endswith(RUN_IT) or not errors:
        return failed
    kind = failed.details.removesuffix(RUN_IT).strip()
    if kind and errors[-1].ename == kind:
        return replace(failed, own_run=True, details=message_of(errors[-1]))
    first, _, rest = plain(errors[-1].evalue).partition("\n")
    if kind or first != failed.checked or not rest.strip():
        return failed
    hints = [hint for claim in claims if claim.visible and claim.sentence == first for hint in claim.messages]
    return replace(failed, own_run=True, **{"details": "", **_parts(rest.strip(), hints)})


def _parts(message: str, hints: Sequence[str]) -> dict[str, Any]:
    """A message taken apart into what was got, what was expected and the likely slip, where it says so in its usual form."""
    slip = ""
    for hint in sorted(hints, key=len, reverse=True):
        if message.endswith(f" ({hint})"):
            message, slip = message[: -len(hint) - 3], hint
            break
    else:
        found = _SLIP.fullmatch(message)
        if found:
            message, slip = found["text"], found["slip"]
    found = _PARTS.fullmatch(message)
    if not found:
        return {"details": message, "slip": slip}
    return {
        "got": f"{found['what']}: {found['got']}",
        "expected": found["expected"] or found["choice"] or "",
        "slip": slip,
    }


def _fixed_message(message: str, claim: Claim, source: str) -> str:
    """The message of a hidden claim if its author wrote it word for word and it holds no value of the tests, or nothing."""
    if not message or message not in claim.messages:
        return ""
    if set(_NUMBER.findall(message)) - set(_NUMBER.findall(claim.sentence)):
        return ""
    if any(re.search(rf"(?<!\w){re.escape(value)}(?!\w)", message) for value in _values(source)):
        return ""
    return message


def _values(source: str) -> set[str]:
    """The strings of a test cell that are neither sentences nor messages: what the tests compare with, look for, and call things."""
    tree = ast.parse(source)
    spoken: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and _is_claim(node):
            spoken |= {id(part) for part in _spoken(node)}
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.strip()
        and id(node) not in spoken
    }


def _messages(function: ast.FunctionDef) -> Iterator[str]:
    """The fixed messages and hints of a claim."""
    for constant in _spoken(function)[1:]:
        yield constant.value


def _spoken(function: ast.FunctionDef) -> list[Any]:
    """The constants of a claim that its author wrote for the student: the docstring (or the function), then messages and hints."""
    statement = function.body[0]
    found: list[Any] = [statement.value if isinstance(statement, ast.Expr) else function]
    for node in ast.walk(function):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        place = {"holds": 1, "fail": 0}.get(name)
        given = node.args[place : place + 1] if place is not None else []
        given = [*given, *(keyword.value for keyword in node.keywords if keyword.arg in ("hint", "message"))]
        found += [part for part in given if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return found


def _own_lines(error: NotebookNode, notebook: Sequence[NotebookNode]) -> Iterator[OwnLine]:
    """The lines that a traceback names, as they stand in the cells that were handed in; what stands nowhere is left out."""
    known: dict[tuple[int, str], int] = {}
    for place, cell in enumerate(notebook, start=1):
        if cell.cell_type != "code" or not is_students(cell):
            continue
        for number, text in enumerate(cell.source.split("\n"), start=1):
            known.setdefault((number, text.strip()), place)
    named = _STUDENTS_LINE.findall(plain("\n".join(error.get("traceback", []))))
    found = [
        OwnLine(known[int(number), text.strip()], int(number), text.strip())
        for number, text in named
        if (int(number), text.strip()) in known
    ]
    yield from dict.fromkeys(found[-_LINES_SHOWN:])


def _is_claim(function: ast.FunctionDef) -> bool:
    """Whether it is decorated with ``checks.claim`` or ``claim``."""
    names = [
        getattr(decorator, "attr", getattr(decorator, "id", "")) for decorator in function.decorator_list
    ]
    return "claim" in names


def _line(cell: NotebookNode, error: NotebookNode) -> int | None:
    """The line of this cell, from 1, that was running when the error came up."""
    for count, line in _LINE_OF_CELL.findall(plain("\n".join(error.traceback))):
        if int(count) == cell.execution_count:
            return int(line)
    return None


def _is_hidden(source: str, line: int) -> bool:
    try:
        regions = find_regions(source)
    except AssayError:
        return True
    return any(region.first < line <= region.last + 1 for region in regions if region.kind in SECRET)


def _is_known(name: str) -> bool:
    return name == "ClaimFailed" or isinstance(getattr(builtins, name, None), type)


def _error_of(cell: NotebookNode) -> NotebookNode | None:
    """The last error among a cell's outputs."""
    errors = [output for output in cell.get("outputs", []) if output.output_type == "error"]
    return errors[-1] if errors else None


def named(cell: NotebookNode) -> str:
    """A graded cell's grade id as words."""
    words = grade_id(cell).replace("_", " ").strip()
    return f"{words[:1].upper()}{words[1:]}" or "Graded cell"

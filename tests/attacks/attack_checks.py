"""Says in sentences what an attack has achieved: points, secrets, traces outside, time, harm to others."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import feedback_scan
import nbformat
from assay.cells import grade_id, is_graded

from attack_course import ASSIGNMENT, BYSTANDERS, POINTS, Secrets, points_of
from attack_files import Attack
from attack_world import World

#: Seconds that a submission may take longer than its limits say.
TOLERANCE = 5.0


@dataclass(frozen=True)
class Seen:
    """What came out for one submission.

    Attributes
    ----------
    points
        By grade id, as the gradebook has them; empty when it has none.
    statuses
        How its test cells ended, as far as the engine says so.
    seconds
        What it cost, or None where nobody measured.
    private
        All text that an instructor gets to see but for the test cells, which are the course's own.
    public
        All text that the student gets back.
    leaks
        Words and values of hidden tests in it, a sentence each.
    """

    points: dict[str, float]
    statuses: frozenset[str] = frozenset()
    seconds: float | None = None
    private: str = ""
    public: str = ""
    leaks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Surroundings:
    """What an attack has left around the course."""

    visits: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    processes: tuple[int, ...] = ()
    victim_is_dead: bool = False


def look(world: World, student: str, result: Any = None) -> Seen:
    """Collect what came out for a student; ``result`` is what the engine said of it."""
    root = world.course.root
    private, public = "", ""
    leaked: list[str] = []
    for path in _files(root / "autograded" / student):
        if path.suffix == ".ipynb":
            private += _outputs(path)
        else:
            private += f"{path.name}\n{path.read_bytes().decode('utf-8', 'replace')}\n"
    for path in _files(root / "feedback" / student):
        page = path.read_bytes().decode("utf-8", "replace")
        public += f"{path.name}\n{page}\n{html.unescape(re.sub(r'<[^>]+>', '', page))}\n"
        if path.suffix == ".html":
            leaked += feedback_scan.leaks(page, secrets_of(world), [_handed_in(world, student)])
    statuses: frozenset[str] = frozenset()
    if result is not None:
        private += "\n".join([result.failure, *result.notes])
        if result.marks is not None:
            verdicts = [verdict for verdict in result.marks.verdicts if verdict.grade_id in POINTS]
            statuses = frozenset(str(verdict.status.value) for verdict in verdicts)
            private += "\n".join(result.marks.incidents)
        elif result.failure:
            statuses = frozenset({"unreadable"})
    return Seen(
        points=_points(root / "gradebook.db", student),
        statuses=statuses,
        seconds=result.seconds if result is not None else None,
        private=private,
        public=public,
        leaks=tuple(leaked),
    )


def secrets_of(world: World) -> feedback_scan.Secrets:
    """What the master of a world hides, but for the strings and numbers that are looked for by themselves."""
    return feedback_scan.secrets_of(world.course.master)


def look_around(world: World, attack: Attack) -> Surroundings:
    """Collect what bears the mark of an attack."""
    mark = world.marks[attack.name].encode()
    return Surroundings(
        visits=tuple(visit.door for visit in world.visits if mark in visit.said),
        files=tuple(world.new_files(attack)),
        processes=tuple(world.leftovers(attack)),
        victim_is_dead=attack.name in world.dead_victims(),
    )


def findings(
    attack: Attack,
    seen: Seen,
    around: Surroundings,
    secrets: Secrets,
    boast: str,
    *,
    usual_seconds: float = 0.0,
) -> list[str]:
    """What an attack has achieved, a sentence each; nothing when every wall held."""
    return [
        *mark_findings(attack, seen),
        *secret_findings(seen, secrets, boast),
        *trace_findings(around),
        *time_findings(attack, seen, usual_seconds),
    ]


def mark_findings(attack: Attack, seen: Seen) -> Iterator[str]:
    """Points that an attack has and does not deserve, or has lost though it does."""
    deserved = points_of(attack.honest)
    if attack.expect == "unreadable":
        deserved = dict.fromkeys(POINTS, 0.0)
    for name, points in seen.points.items():
        if name in deserved and points > deserved[name]:
            yield f"{name}: got {points:g} points, deserves {deserved[name]:g}."
        if name not in deserved and name != "why":
            yield f"{name}: got {points:g} points for a cell that is none of the course's."
    for name, points in deserved.items():
        if seen.points.get(name, 0.0) < points and name.removeprefix("test_") not in attack.may_lose:
            yield f"{name}: got {seen.points.get(name, 0.0):g} points, deserves {points:g}."
    if attack.expect and seen.statuses and not _ended_as(attack.expect, seen.statuses):
        yield f"ended as {', '.join(sorted(seen.statuses))}, not as {attack.expect}."


def secret_findings(seen: Seen, secrets: Secrets, boast: str) -> Iterator[str]:
    """Secrets in what came out, and the word that an attack says when it could do what it must not."""
    for name, word in secrets.words().items():
        if word in seen.private:
            yield f"the secret of {name} came out."
        if word in seen.public:
            yield f"the secret of {name} came back to the student."
    if str(secrets.hidden_input) in seen.public:
        yield "a hidden input came back to the student."
    for leak in seen.leaks:
        yield f"{leak} came back to the student."
    if boast in seen.private or boast in seen.public:
        yield "it did what it must not be able to do."


def trace_findings(around: Surroundings) -> Iterator[str]:
    """What was touched outside the scratch folder."""
    for door in around.visits:
        yield f"it reached the {door} listener."
    for path in around.files:
        yield f"it left {path}."
    if around.processes:
        yield f"it left {len(around.processes)} processes."
    if around.victim_is_dead:
        yield "it killed or stopped a process of somebody else."


def time_findings(attack: Attack, seen: Seen, usual_seconds: float) -> Iterator[str]:
    """Whether it took longer than its limits and the tolerance."""
    if seen.seconds is None:
        return
    # A cell that is stopped costs a fresh kernel, and a busy machine may be slower now than it was for the others.
    allowed = 3 * usual_seconds + attack.seconds + TOLERANCE
    if seen.seconds > allowed:
        yield f"it took {seen.seconds:.1f} s; {allowed:.1f} s are allowed."


def class_findings(world: World, seen: dict[str, Seen]) -> list[str]:
    """What has gone wrong for all: marks of bystanders, files that changed, visitors without a name."""
    sentences = []
    for student, right in BYSTANDERS.items():
        points = seen[student].points
        deserved = points_of(tuple(right))
        wrong = [name for name in deserved if points.get(name) != deserved[name]]
        if wrong:
            got = ", ".join(f"{name} {points.get(name)} for {deserved[name]}" for name in wrong)
            sentences.append(f"the honest {student} got {got}.")
    sentences += [f"{path} is changed." for path in changed(world.before, world.snapshot())]
    marks = [mark.encode() for mark in world.marks.values()]
    sentences += [
        f"somebody reached the {visit.door} listener."
        for visit in world.visits
        if not any(mark in visit.said for mark in marks)
    ]
    return sentences


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Paths that are gone or different; new ones count in the course only, since programs make files in a home."""
    gone = [path for path, state in before.items() if after.get(path) != state]
    return gone + [path for path in after if path not in before and path.startswith("course/")]


def _ended_as(expected: str, statuses: frozenset[str]) -> bool:
    return any(expected in status for status in statuses)


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink()]


def _handed_in(world: World, student: str) -> str:
    """What a student wrote, which is no secret of the course's."""
    texts = []
    for path in _files(world.course.root / "submitted" / student):
        text = path.read_bytes().decode("utf-8", "replace")
        with suppress(ValueError, RecursionError):
            text = "\n".join(_strings(json.loads(text)))
        texts.append(text)
    return "\n".join(texts)


def _strings(value: Any) -> Iterator[str]:
    """All strings in plain data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        if all(isinstance(part, str) for part in value):
            # The lines of a cell.
            yield "".join(value)
        else:
            for part in value:
                yield from _strings(part)


def _outputs(path: Path) -> str:
    """Everything in an autograded notebook that is neither a source nor an output of the course's own test cells."""
    try:
        notebook = nbformat.read(path, as_version=4)
    except Exception:
        return path.read_bytes().decode("utf-8", "replace")
    # What a test cell said is the instructor's, wherever it stands.
    notebook.metadata.get("assay", {}).pop("verdicts", None)
    parts = [json.dumps(notebook.metadata)]
    for cell in notebook.cells:
        if is_graded(cell) and cell.cell_type == "code" and grade_id(cell) in POINTS:
            continue
        parts.append(json.dumps(cell.get("outputs", [])))
    return "\n".join(parts)


def _points(gradebook: Path, student: str) -> dict[str, float]:
    from nbgrader.api import Gradebook, MissingEntry

    with suppress(MissingEntry), Gradebook(f"sqlite:///{gradebook}") as book:
        submission = book.find_submission(ASSIGNMENT, student)
        return {
            grade.name: float(grade.score) for notebook in submission.notebooks for grade in notebook.grades
        }
    return {}

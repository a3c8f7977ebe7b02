"""What a student gets back: verdicts and sentences, no hidden test, no rubric, nothing printed while grading."""

from __future__ import annotations

import ast
import builtins
import re
from dataclasses import dataclass
from typing import Any

import nbformat
from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import List

from assay.cells import grade_id, is_test, role
from assay.cleaning import clean_outputs
from assay.errors import AssayError
from assay.gradebook import verdicts_of
from assay.regions import Kind, drop_regions, find_regions
from assay.verdict import Status, Verdict, plain, short

SECRET = (Kind.HIDDEN_TESTS, Kind.MARK_SCHEME)
NOT_MARKED = "Not marked yet: a person reads this answer."
RUN_IT = "(run this test in your notebook to see what it got)"
NOT_TESTED = "Not marked yet: the tests could not mark this answer; a person looks at it."

_LINE_OF_CELL = re.compile(r"Cell In\[(\d+)\], line (\d+)")


class FeedbackExporter(HTMLExporter):
    """nbgrader's exporter for feedback; it compiles its templates once in a process, and not once for each submission."""

    @property
    def environment(self) -> Environment:
        """Where the templates are compiled."""
        environment: Environment = super().environment
        environment.bytecode_cache = _COMPILED
        return environment


class _Compiled(BytecodeCache):
    """Keeps compiled templates in memory; jinja2 looks itself whether the text is still the same."""

    def __init__(self) -> None:
        self._codes: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        code = self._codes.get(bucket.key)
        if code is not None:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


class ShowVerdicts(NbGraderPreprocessor):
    """Turn an autograded notebook into what its student may read; runs after nbgrader's ``GetGrades``.

    A test cell shows which of its visible claims passed and the sentence of the one that failed, with the details
    when that one is visible and no hidden test was run before it. Everything else that was put out while grading is dropped, of every cell: by then the
    student's functions had seen the hidden inputs, and a traceback prints the lines of hidden tests. Other cells show
    what they showed when they were handed in.
    """

    # Not used here: nbconvert's HTML exporter configures it and warns where it is not configurable.
    display_data_priority = List().tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Clean ``nb`` in place."""
        names = resources["nbgrader"]
        with Gradebook(names["db_url"]) as gradebook:
            submission = gradebook.find_submission_notebook(
                names["notebook"], names["assignment"], names["student"]
            )
            waiting = {grade.name for grade in submission.grades if grade.needs_manual_grade}
        nb.metadata.pop("widgets", None)
        verdicts = verdicts_of(nb)
        # Verdicts quote hidden tests.
        submitted = nb.metadata.pop("assay", {}).get("submitted_outputs", {})
        told = False
        for cell in nb.cells:
            hides = is_test(cell) and _hides(cell.source)
            _clean(cell, verdicts.get(grade_id(cell)), told)
            told = told or hides
            if cell.cell_type == "code" and not is_test(cell):
                cell.outputs = nbformat.from_dict(clean_outputs(submitted.get(cell.get("id"), [])))
            if grade_id(cell) in waiting and not is_test(cell) and not role(cell).get("comment"):
                cell.metadata["nbgrader"]["comment"] = NOT_MARKED
        return nb, resources


@dataclass(frozen=True)
class _Claim:
    """A claim of a test cell: its sentence, its first and last line (from 1), and whether students see it."""

    sentence: str
    first: int
    last: int
    visible: bool


def _clean(cell: NotebookNode, verdict: Verdict | None, told: bool = False) -> None:
    """``told`` says whether the student's functions may have seen hidden inputs before this cell."""
    report = _report(cell, verdict, told) if is_test(cell) else ""
    cell.source = _public(cell.source)
    if cell.cell_type == "code":
        cell.execution_count = None
        cell.outputs = [new_output("stream", name="stdout", text=report)] if report else []


def _public(source: str) -> str:
    try:
        return drop_regions(source, *SECRET)
    except AssayError:
        # Only a student's own cell can be so damaged; should a locked one ever be, it shows too little.
        lines = source.split("\n")
        begins = [number for number, line in enumerate(lines) if any(kind.begin in line for kind in SECRET)]
        return "\n".join(lines[: min(begins, default=len(lines))])


def _report(cell: NotebookNode, verdict: Verdict | None, told: bool) -> str:
    """What a student reads under a test cell."""
    if verdict is None or verdict.status.needs_person:
        return f"{NOT_TESTED}\n"
    claims = _claims(cell.source)
    awards = "".join(f"awarded {points:g}: {reason}\n" for points, reason in verdict.awards)
    if verdict.status is Status.PASSED and not awards:
        done = [claim.sentence for claim in claims if claim.visible]
        return "".join(f"passed: {sentence}\n" for sentence in done) or "passed\n"
    passed = "".join(f"passed: {sentence}\n" for sentence in _passed(cell, claims)) + awards
    error = _error_of(cell)
    return passed + (f"{_failure(cell, error, claims, verdict, told)}\n" if error is not None else "")


def _passed(cell: NotebookNode, claims: list[_Claim]) -> list[str]:
    """The visible claims that reported themselves; a line is shown only when it is one of their sentences."""
    streams = [output.text for output in cell.outputs if output.output_type == "stream"]
    printed = set("".join(streams).splitlines())
    return [claim.sentence for claim in claims if claim.visible and f"passed: {claim.sentence}" in printed]


def _failure(
    cell: NotebookNode, error: NotebookNode, claims: list[_Claim], verdict: Verdict, told: bool
) -> str:
    status = verdict.status
    if status in (Status.TIMED_OUT, Status.DIED):
        return f"{status.value}: {verdict.message}"
    first, _, rest = plain(error.evalue).partition("\n")
    said = next((claim for claim in claims if claim.sentence == first), None)
    line = _line(cell, error)
    # A function that has seen the inputs of a hidden test can tell them in what it returns or raises later on.
    visible = line is not None and not told and not _hides(cell.source, line)
    if said is not None:
        detail = f"\n{rest.strip()}" if visible and said.visible and rest.strip() else ""
        if told and said.visible:
            detail = f"\n{RUN_IT}"
        return f"{status.value}: {said.sentence}{detail}"
    # No claim's sentence: the student's code raised. The name of an error class is a student's text, too.
    running = next((claim for claim in claims if line and claim.first <= line <= claim.last), None)
    sentence = f"{running.sentence}\n" if running else ""
    kind = error.ename if visible or _is_known(error.ename) else "an error"
    return f"{status.value}: {sentence}{_message_of(error) if visible else kind}"


def _claims(source: str) -> list[_Claim]:
    """The claims of a test cell, in their order."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return []
    claims = []
    for function in tree.body:
        if not isinstance(function, ast.FunctionDef) or not _is_claim(function):
            continue
        sentence = " ".join((ast.get_docstring(function) or "").split())
        first = min(decorator.lineno for decorator in function.decorator_list)
        last = function.end_lineno or function.lineno
        claims.append(_Claim(sentence, first, last, not _is_hidden(source, first)))
    return claims


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


def _hides(source: str, line: int | None = None) -> bool:
    """Whether a hidden region begins in a cell, or above a line of it."""
    try:
        regions = find_regions(source)
    except AssayError:
        return True
    return any(region.kind in SECRET and (line is None or region.first < line) for region in regions)


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


def _message_of(error: NotebookNode) -> str:
    """An error in one or two short lines without colours; of a claim that failed, its own words only."""
    text = plain(error.get("evalue", ""))
    if error.ename != "ClaimFailed":
        text = f"{error.ename}: {text}" if text else str(error.ename)
    return short(text)

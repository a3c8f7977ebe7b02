"""Right and wrong answers with known marks: how they are written, what they earn, and which hidden test catches which.

A variant is one small file, ``tests/variants/<assignment>/right_*.py`` or ``wrong_*.py``::

    \"\"\"What it is, in one sentence.\"\"\"
    # fails: grade_id_of_a_test another_grade_id

    # %% grade_id_of_the_solution_cell
    the answer that takes the place of that cell's

A right variant has no ``# fails:`` line. A wrong one must lose exactly the points of the test cells it names, and may lose those of the
cells that a line ``# may fail:`` names: where a network is trained that is not the right one, chance decides.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from assay.cells import grade_id, is_solution, is_test
from assay.claim_runs import Claim, failed_claims
from assay.course import Course
from assay.errors import AssayError
from assay.names import reached_tests
from assay.regions import Kind, drop_delimiters, find_regions
from assay.usage import HelpFormatter, examples

CELL_MARK = re.compile(r"^# %% *(\S+) *$", re.MULTILINE)
FAILS = re.compile(r"^# fails: *(.*)$", re.MULTILINE)
MAY_FAIL = re.compile(r"^# may fail: *(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Variant:
    """One answer with known marks.

    Attributes
    ----------
    name
        The file's name without ``.py``.
    sentence
        What it is.
    cells
        From the grade id of a solution cell to the source that takes its place.
    fails
        The grade ids of the test cells that must fail; empty for a right variant.
    may_fail
        Those of others that may.
    """

    name: str
    sentence: str
    cells: Mapping[str, str]
    fails: frozenset[str] = frozenset()
    may_fail: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Answer:
    """A file of answers as it is written: its sentence, what stands before the first part, and the parts by their names."""

    sentence: str
    head: str
    parts: Mapping[str, str]


@dataclass
class Catches:
    """Which variants a hidden claim catches, and which of them no other claim of its cell catches."""

    claim: Claim
    alone: list[str] = field(default_factory=list)
    together: list[str] = field(default_factory=list)


def variants_folder(course: Course, assignment: str) -> Path:
    """Where the variants of an assignment are."""
    return course.root / "tests" / "variants" / assignment


def read_variants(course: Course, assignment: str) -> list[Variant]:
    """Read all variants of an assignment, in the order of their names.

    Raises
    ------
    AssayError
        When there is none, or one of them is not written as it should be.
    """
    folder = variants_folder(course, assignment)
    paths = sorted([*folder.glob("right_*.py"), *folder.glob("wrong_*.py")])
    if not paths:
        raise AssayError(f"{folder} holds no variant: write right_<name>.py and wrong_<name>.py files there.")
    master = read_master(course, assignment)
    return [read_variant(path, master) for path in paths]


def read_variant(path: Path, master: NotebookNode) -> Variant:
    """Read one variant and compare its header with the master notebook.

    Raises
    ------
    AssayError
        One sentence on what is wrong with the file.
    """
    answer = read_answer(path, CELL_MARK)
    cells = answer.parts
    solutions = {grade_id(cell) for cell in master.cells if is_solution(cell)}
    if not cells or not set(cells) <= solutions:
        raise AssayError(
            f"{path.name} must replace solution cells ('# %% <grade id>'); it names {sorted(cells) or 'none'}, "
            f"the notebook has {sorted(solutions)}."
        )
    fails, may_fail = (
        frozenset(line.group(1).split()) if (line := header.search(answer.head)) else frozenset()
        for header in (FAILS, MAY_FAIL)
    )
    tests = {grade_id(cell) for cell in master.cells if is_test(cell)}
    if not fails | may_fail <= tests:
        raise AssayError(
            f"{path.name} names test cells that do not exist: {sorted((fails | may_fail) - tests)}."
        )
    if fails & may_fail:
        raise AssayError(
            f"{path.name} says of {sorted(fails & may_fail)} both that it fails and that it may."
        )
    if bool(fails) != path.name.startswith("wrong_") or (may_fail and not fails):
        raise AssayError(
            f"{path.name}: a wrong variant names the cells that fail ('# fails: ...'), a right one names none."
        )
    return Variant(path.stem, answer.sentence, cells, fails, may_fail)


def read_answer(path: Path, mark: re.Pattern[str]) -> Answer:
    """Read a file of answers whose parts begin with a line that ``mark`` matches, its first group the part's name.

    Raises
    ------
    AssayError
        It does not parse, or does not say what it is.
    """
    text = path.read_text(encoding="utf-8")
    try:
        sentence = ast.get_docstring(ast.parse(text))
    except SyntaxError as error:
        raise AssayError(f"{path.name} does not parse in line {error.lineno}: {error.msg}.") from None
    if not sentence:
        raise AssayError(f"{path.name} has no docstring: say in one sentence what the answer is.")
    head, *parts = mark.split(text)
    named = {name: source.strip("\n") for name, source in zip(parts[::2], parts[1::2], strict=True)}
    return Answer(" ".join(sentence.split()), head, named)


def read_master(course: Course, assignment: str) -> NotebookNode:
    """Read the master notebook of an assignment.

    Raises
    ------
    AssayError
        When it was not built yet.
    """
    path = course.master(assignment)
    if not path.is_file():
        raise AssayError(f"{path} is missing: run assay build {assignment}.")
    return nbformat.read(path, as_version=4)


def solve(
    release: NotebookNode, master: NotebookNode, answers: Mapping[str, str] | None = None
) -> NotebookNode:
    """Fill a released notebook in: with ``answers`` where given, with the master's own answers elsewhere."""
    sources = {
        grade_id(cell): drop_delimiters(cell.source, Kind.SOLUTION)
        for cell in master.cells
        if is_solution(cell)
    }
    sources.update(answers or {})
    notebook = nbformat.from_dict(json.loads(json.dumps(release)))
    for cell in notebook.cells:
        if is_solution(cell):
            cell.source = sources[grade_id(cell)]
    return notebook


def claims_of(master: NotebookNode) -> list[Claim]:
    """All claims of the test cells in their order."""
    claims = []
    for cell in master.cells:
        if not is_test(cell):
            continue
        hidden = [region for region in find_regions(cell.source) if region.kind is Kind.HIDDEN_TESTS]
        for node in ast.parse(cell.source).body:
            if isinstance(node, ast.FunctionDef) and node.decorator_list:
                inside = any(region.first < node.lineno - 1 < region.last for region in hidden)
                claims.append(Claim(grade_id(cell), node.name, inside))
    return claims


def failures(
    master: NotebookNode, variants: Iterable[Variant], seconds: float = 90.0, files: Path | None = None
) -> dict[str, list[Claim]]:
    """Run each variant by itself and say which claims it fails, by the variant's name.

    The answers run in a fork of this process, so they have to be ones that you trust; ``files`` is the folder whose files lie
    beside the notebook.
    """
    claims = claims_of(master)
    failed = {}
    for variant in variants:
        # What no changed answer can reach ends as it does for the master's own answers.
        reached = reached_tests(master, variant.cells)
        mine = [claim for claim in claims if claim.cell in reached]
        failed[variant.name] = failed_claims(master, variant.cells, mine, seconds, files)
    return failed


def catches(master: NotebookNode, failed: Mapping[str, Iterable[Claim]]) -> list[Catches]:
    """Say for each hidden claim which variants it catches, given what `failures` found."""
    found = {claim: Catches(claim) for claim in claims_of(master) if claim.hidden}
    for name, claims in failed.items():
        num_failed = Counter(claim.cell for claim in claims)
        for claim in claims:
            if claim.hidden:
                caught = found[claim]
                (caught.alone if num_failed[claim.cell] == 1 else caught.together).append(name)
    return list(found.values())


def add_command(subparsers: Any) -> None:
    """Add ``assay variants`` and ``assay sample`` to the command line."""
    parser = subparsers.add_parser(
        "variants",
        help="say for each hidden test which wrong answers it alone catches",
        description="Run the wrong answers of tests/variants/<assignment>/ and say for each hidden test which of them it alone catches. A test "
        "that catches none alone is idle: then the command ends with 1. docs/author.md says how variants are written.",
        formatter_class=HelpFormatter,
        epilog=examples(("assay variants slope", "after each change of a test or a variant")),
    )
    parser.add_argument("assignments", nargs="*", metavar="ASSIGNMENT", help="all when none is named")
    parser.add_argument(
        "--course", default=".", metavar="DIR", help="the folder of the course (default: this one)"
    )
    parser.set_defaults(run=_run_variants)
    parser = subparsers.add_parser(
        "sample",
        help="write a sample class whose marks are known into submitted/",
        description="Write submitted/<student>/<assignment>/ for each student of tests/variants/<assignment>/class.json, which names the variants "
        "that each of them hands in. Other submissions stay.",
        formatter_class=HelpFormatter,
        epilog=examples(("assay sample slope", "then: assay grade slope")),
    )
    parser.add_argument("assignments", nargs="*", metavar="ASSIGNMENT", help="all when none is named")
    parser.add_argument(
        "--course", default=".", metavar="DIR", help="the folder of the course (default: this one)"
    )
    parser.set_defaults(run=_run_sample)


def sample_class(course: Course, assignment: str) -> dict[str, NotebookNode]:
    """Compose the submissions of the sample class.

    ``tests/variants/<assignment>/class.json`` holds, for each student, ``variants`` (the names of those that the student
    hands in; the course's own answers elsewhere), or ``"untouched": true``, and ``deleted`` (grade ids of cells that are gone).

    Raises
    ------
    AssayError
        When the file is missing, or names what does not exist.
    """
    path = variants_folder(course, assignment) / "class.json"
    if not path.is_file():
        raise AssayError(
            f"{path} is missing: it says of which variants each sample student's answers are made."
        )
    master = read_master(course, assignment)
    release = nbformat.read(course.release(assignment) / f"{assignment}.ipynb", as_version=4)
    known = {variant.name: variant for variant in read_variants(course, assignment)}
    return {
        student: _submission(student, recipe, release, master, known)
        for student, recipe in json.loads(path.read_text(encoding="utf-8")).items()
    }


def _submission(
    student: str,
    recipe: Mapping[str, Any],
    release: NotebookNode,
    master: NotebookNode,
    known: Mapping[str, Variant],
) -> NotebookNode:
    unknown = set(recipe.get("variants", [])) - set(known)
    if unknown:
        raise AssayError(
            f"The sample student {student} is made of variants that do not exist: {sorted(unknown)}."
        )
    answers: dict[str, str] = {}
    for name in recipe.get("variants", []):
        twice = set(answers) & set(known[name].cells)
        if twice:
            raise AssayError(
                f"The sample student {student} answers {sorted(twice)} twice: remove one of the variants."
            )
        answers.update(known[name].cells)
    notebook = solve(release, release if recipe.get("untouched") else master, answers)
    deleted = set(recipe.get("deleted", []))
    missing = deleted - {grade_id(cell) for cell in notebook.cells}
    if missing:
        raise AssayError(
            f"The sample student {student} cannot delete cells that do not exist: {sorted(missing)}."
        )
    notebook.cells = [cell for cell in notebook.cells if grade_id(cell) not in deleted]
    return notebook


def _run_sample(options: argparse.Namespace) -> int:
    course = Course.at(options.course)
    for assignment in course.chosen(options.assignments):
        submissions = sample_class(course, assignment)
        for student, notebook in submissions.items():
            folder = course.root / "submitted" / student / assignment
            folder.mkdir(parents=True, exist_ok=True)
            nbformat.write(notebook, folder / f"{assignment}.ipynb")
        print(f"submitted/: {len(submissions)} sample submissions of {assignment}")
    return 0


def _run_variants(options: argparse.Namespace) -> int:
    course = Course.at(options.course)
    idle = 0
    for assignment in course.chosen(options.assignments):
        variants = read_variants(course, assignment)
        wrong = [variant for variant in variants if variant.fails]
        print(f"{assignment}: {len(variants) - len(wrong)} right and {len(wrong)} wrong variants\n")
        master = read_master(course, assignment)
        files = course.source(assignment)
        for row in catches(master, failures(master, wrong, files=files)):
            print(f"{row.claim.cell}: {row.claim.name}")
            print(
                f"  alone:  {', '.join(row.alone) or 'NONE - delete this test, or write the wrong answer that it is for'}"
            )
            if row.together:
                print(f"  others: {', '.join(row.together)}")
            idle += not row.alone
    return 1 if idle else 0

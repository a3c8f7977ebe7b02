"""Runs the claims that compare with a threshold under many seeds, on right and on degenerate answers, in forks of this process.

For authors, who run their own answers: there is no sandbox here. A degenerate answer is a file
``tests/variants/<assignment>/degenerate_*.py``::

    \"\"\"What it is, in one sentence.\"\"\"
    # caught by: name_of_a_claim another_claim:2

    # %% grade_id_of_a_solution_cell
    the answer that takes the place of that cell's

    # %% after the answers
    code that runs once after all answers and before the tests, in the names of the notebook: it can change what the answers
    build, or what the tests train with

``caught by`` names the comparisons that have to fail it: of a claim the first one, or with ``:2`` the second. The line may be missing, where
other claims are there to catch it and its distribution is only of interest.
"""

from __future__ import annotations

import ast
import contextlib
import io
import multiprocessing
import os
import random
import re
import sys
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import numpy as np
from nbformat import NotebookNode

from assay.cells import grade_id, is_solution, is_test, role
from assay.checks.margins import observing
from assay.claim_runs import import_before_the_fork, in_a_copy_of
from assay.course import Course
from assay.errors import AssayError
from assay.names import defined_names, reached_tests
from assay.regions import Kind, drop_delimiters
from assay.variants import Variant, read_answer, read_variants, variants_folder

#: Test cells in whose text one of these words stands may compare with a threshold.
_WORDS = re.compile(r"\b(at_least|at_most|converges|does_not_converge)\b")
_PART = re.compile(r"^# %% *(after the answers|\S+) *$", re.MULTILINE)
_CAUGHT_BY = re.compile(r"^# caught by: *(.*)$", re.MULTILINE)
_AFTER = "after the answers"
#: The name of the experiment that is the course's own answers.
SOLUTION = "solution"
#: Runs in one fork: TensorFlow keeps some memory of every training, and a fork gives it back.
_RUNS_PER_FORK = 25


@dataclass(frozen=True)
class Experiment:
    """One way to answer the notebook, to be run under many seeds.

    Attributes
    ----------
    name
        ``"solution"``, or the name of a file without ``.py``.
    sentence
        What it is.
    answers
        From the grade id of a solution cell to the source that takes its place.
    after
        Code that runs after the answers and before the tests.
    caught_by
        The comparisons that have to fail it, as ``claim`` or ``claim:2``.
    """

    name: str
    sentence: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    after: str = ""
    caught_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """Where a comparison with a threshold stands.

    Attributes
    ----------
    cell, claim, index
        The grade id of the test cell, the claim's function, and which comparison of the claim, from 0.
    direction
        ``"at least"`` or ``"at most"``.
    """

    cell: str
    claim: str
    index: int
    direction: str

    @property
    def name(self) -> str:
        """The claim's name, with ``:2`` for its second comparison."""
        return self.claim if self.index == 0 else f"{self.claim}:{self.index + 1}"


@dataclass(frozen=True)
class Observed(Comparison):
    """One comparison of one run, and the value got (None if it is not a number)."""

    threshold: float
    got: float | None


@dataclass(frozen=True)
class Run:
    """What was observed in one run of an experiment.

    Attributes
    ----------
    experiment
        Its name.
    number
        Of the run; None if the seeds were those of the notebook.
    cells
        The grade ids of the test cells that were run.
    observed
        All comparisons in their order.
    failed
        From the name of a claim that failed, although every comparison was taken to hold, to what it raised.
    """

    experiment: str
    number: int | None
    cells: tuple[str, ...]
    observed: tuple[Observed, ...]
    failed: Mapping[str, str]


@dataclass(frozen=True)
class Job:
    """Some runs of an experiment in one fork.

    Attributes
    ----------
    tests
        The grade ids of the test cells to run.
    numbers
        The number of each run; None for the seeds of the notebook.
    claims
        The names of the claims to run; all of these cells if None.
    """

    experiment: Experiment
    tests: tuple[str, ...]
    numbers: tuple[int | None, ...]
    claims: frozenset[str] | None = None


def read_degenerate(course: Course, assignment: str, master: NotebookNode) -> list[Experiment]:
    """Read the degenerate answers of an assignment, in the order of their names.

    Raises
    ------
    AssayError
        When one of them is not written as it should be.
    """
    folder = variants_folder(course, assignment)
    solutions = {grade_id(cell) for cell in master.cells if is_solution(cell)}
    return [_read_degenerate(path, solutions) for path in sorted(folder.glob("degenerate_*.py"))]


def read_right(course: Course, assignment: str) -> list[Experiment]:
    """The right variants of an assignment as experiments; none if it has no variants yet."""
    if not list(variants_folder(course, assignment).glob("right_*.py")):
        return []
    variants: list[Variant] = read_variants(course, assignment)
    return [
        Experiment(variant.name, variant.sentence, variant.cells) for variant in variants if not variant.fails
    ]


def threshold_cells(master: NotebookNode) -> list[str]:
    """The grade ids of the test cells that may compare with a threshold, judged by their text."""
    return [grade_id(cell) for cell in master.cells if is_test(cell) and _WORDS.search(cell.source)]


def touched_cells(master: NotebookNode, experiment: Experiment) -> list[str]:
    """The grade ids of the test cells that use, directly or through other cells, what an experiment defines anew; all for the solution."""
    reached = reached_tests(master, experiment.answers, defined_names(experiment.after))
    return [
        grade_id(cell)
        for cell in master.cells
        if is_test(cell) and (experiment.name == SOLUTION or grade_id(cell) in reached)
    ]


def changes_answers_only(master: NotebookNode, experiment: Experiment) -> bool:
    """Whether an experiment could be handed in by a student: it defines nothing anew but what solution cells define."""
    own = set().union(
        *(
            defined_names(cell.source)
            for cell in master.cells
            if cell.cell_type == "code" and is_solution(cell)
        )
    )
    defined = {name for name in defined_names(experiment.after) if not name.startswith("_")}
    return defined <= own


def jobs_of(
    experiment: Experiment, tests: Sequence[str], numbers: Sequence[int], claims: frozenset[str]
) -> list[Job]:
    """Split the runs with these numbers into jobs, so that no fork runs for too long."""
    return [
        Job(experiment, tuple(tests), tuple(numbers[start : start + _RUNS_PER_FORK]), claims)
        for start in range(0, len(numbers), _RUNS_PER_FORK)
    ]


def run_jobs(
    master: NotebookNode,
    jobs: Sequence[Job],
    *,
    processes: int = 2,
    seconds: float = 900.0,
    report: Callable[[Job, list[Run]], None] = lambda job, runs: None,
    files: Path | None = None,
) -> list[Run]:
    """Run jobs in forks of this process and return what they observed, in the order of the jobs.

    Run number r replaces every seed n that the notebook sets (for Keras, TensorFlow, NumPy and Python) by a number that depends on
    n and r only; seeds of `numpy.random.default_rng` only where neither Keras nor TensorFlow is used. This process must not have run a
    TensorFlow operation before.

    Parameters
    ----------
    processes
        How many forks there may be at a time.
    seconds
        Time without a sign of life after which a fork is given up.
    report
        Called with each job that is done, and with its runs.
    files
        The folder whose files lie beside the notebook; each fork works in a copy of it.

    Raises
    ------
    AssayError
        A cell raised outside every claim, or a fork died or fell silent.
    """
    import_before_the_fork(master)
    context = multiprocessing.get_context("fork")
    waiting = list(enumerate(jobs))
    running: dict[Connection, tuple[int, Any]] = {}
    runs: dict[int, list[Run]] = {place: [] for place in range(len(jobs))}
    try:
        while waiting or running:
            while waiting and len(running) < processes:
                place, job = waiting.pop(0)
                receiver, sender = context.Pipe(duplex=False)
                process = context.Process(target=_work, args=(sender, master, job, files), daemon=True)
                process.start()
                sender.close()
                running[receiver] = place, process
            ready = set(wait(list(running), seconds))
            if not ready:
                silent = jobs[next(iter(running.values()))[0]].experiment.name
                raise AssayError(f"The runs of {silent} gave no sign of life for {seconds:.0f} s.")
            for receiver in [each for each in running if each in ready]:
                place, process = running[receiver]
                job = jobs[place]
                try:
                    message = receiver.recv()
                except EOFError:
                    process.join()
                    del running[receiver]
                    if len(runs[place]) < len(job.numbers):
                        raise AssayError(
                            f"The process that ran {job.experiment.name} died with exit code {process.exitcode}."
                        ) from None
                    report(job, runs[place])
                    continue
                if isinstance(message, str):
                    raise AssayError(f"{job.experiment.name}: {message}")
                runs[place].append(message)
    finally:
        for _, process in running.values():
            process.kill()
            process.join()
    return [run for place in range(len(jobs)) for run in runs[place]]


def _read_degenerate(path: Path, solutions: set[str]) -> Experiment:
    answer = read_answer(path, _PART)
    cells = dict(answer.parts)
    after = cells.pop(_AFTER, "")
    if not set(cells) <= solutions or not (cells or after):
        raise AssayError(
            f"{path.name} must replace solution cells ('# %% <grade id>') or hold a part '# %% {_AFTER}'; it names "
            f"{sorted(cells) or 'nothing'}, the notebook has {sorted(solutions)}."
        )
    line = _CAUGHT_BY.search(answer.head)
    return Experiment(path.stem, answer.sentence, cells, after, tuple(line.group(1).split()) if line else ())


def _work(sender: Connection, master: NotebookNode, job: Job, files: Path | None) -> None:
    """What a fork does: the locked cells and the answers once, then the test cells once for every run."""
    # The notebook trains as long as it does when it is marked.
    os.environ["NBGRADER_EXECUTION"] = "autograde"
    # One thread for each fork, since the forks share the cores.
    for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        os.environ.setdefault(name, "1")
    # TensorFlow warns of every training that it has seen many like it; what matters goes through the pipe.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    printed = io.StringIO()
    with (
        in_a_copy_of(files),
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
    ):
        try:
            names: dict[str, Any] = {"__name__": "__main__"}
            for cell in master.cells:
                if (
                    cell.cell_type == "code"
                    and not is_test(cell)
                    and (is_solution(cell) or role(cell).get("locked"))
                ):
                    own = drop_delimiters(cell.source, Kind.SOLUTION)
                    _execute(job.experiment.answers.get(grade_id(cell), own), grade_id(cell), names)
            _execute(job.experiment.after, _AFTER, names)
            tests = {
                grade_id(cell): _only(cell.source, job.claims)
                for cell in master.cells
                if is_test(cell) and grade_id(cell) in job.tests
            }
            # This process may have others in memory, and a fork must not touch a TensorFlow that was in use before.
            text = "\n".join(cell.source for cell in master.cells if cell.cell_type == "code")
            packages = {name for name in ("keras", "tensorflow") if name in text and name in sys.modules}
            for number in job.numbers:
                sender.send(_run(job, number, tests, names, packages))
        except _CellError as error:
            sender.send(str(error))
    sender.close()


class _CellError(Exception):
    pass


def _execute(source: str | ast.Module, name: str, names: dict[str, Any]) -> None:
    try:
        exec(compile(source, f"<{name}>", "exec"), names)
    except Exception as error:
        raise _CellError(f"cell {name!r} raises {type(error).__name__}: {error}") from error


def _run(
    job: Job,
    number: int | None,
    tests: Mapping[str, ast.Module],
    names: dict[str, Any],
    packages: Collection[str],
) -> Run:
    observed: list[Observed] = []
    failed: dict[str, str] = {}
    with contextlib.nullcontext() if number is None else _other_seeds(number, packages):
        for cell, source in tests.items():
            with observing() as seen:
                _execute(source, cell, names)
            failed.update(
                {each.name: _first_lines(each.error) for each in seen.outcomes if each.error is not None}
            )
            for each in seen.comparisons:
                value = each.got if np.isfinite(each.got) else None
                observed.append(Observed(cell, each.claim, each.index, each.direction, each.threshold, value))
    return Run(job.experiment.name, number, tuple(tests), tuple(observed), failed)


def _only(source: str, claims: Collection[str] | None) -> ast.Module:
    """A test cell without the claims that are not asked for."""
    tree = ast.parse(source)
    if claims is not None:
        tree.body = [
            node
            for node in tree.body
            if not (isinstance(node, ast.FunctionDef) and node.decorator_list and node.name not in claims)
        ]
    return tree


def _first_lines(error: BaseException) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:300]


@contextlib.contextmanager
def _other_seeds(number: int, packages: Collection[str]) -> Iterator[None]:
    """Let every seed that is set be another one in each run, but the same whenever this run is repeated."""
    kept: list[tuple[Any, str, Any]] = []

    def replace(owner: Any, name: str) -> Callable[[int], Any]:
        original = getattr(owner, name)
        kept.append((owner, name, original))

        def seeded(seed: Any = None, *arguments: Any, **keywords: Any) -> Any:
            return original(_mixed(seed, number), *arguments, **keywords)

        setattr(owner, name, seeded)
        return seeded

    try:
        seeders = [replace(random, "seed"), replace(np.random, "seed")]
        if "tensorflow" in packages:
            replace(sys.modules["tensorflow"].random, "set_seed")
        if "keras" in packages:
            # It sets the seeds of the others as well.
            seeders = [replace(sys.modules["keras"].utils, "set_random_seed")]
        if not packages:
            # Beside Keras, which draws weights and batches, such a generator makes the data of a test, and those are to stay.
            replace(np.random, "default_rng")
        # A claim that sets no seed gets another one in each run, too.
        for seeded in seeders:
            seeded(0)
        yield
    finally:
        for owner, name, original in reversed(kept):
            setattr(owner, name, original)


def _mixed(seed: Any, number: int) -> Any:
    """A seed below 2**31 that depends on the seed of the notebook and on the number of the run."""
    if isinstance(seed, (int, np.integer)):
        return zlib.crc32(f"{int(seed)}/{number}".encode()) >> 1
    return seed

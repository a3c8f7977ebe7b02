"""``assay calibrate``: measures how far each threshold of a notebook stands from right answers and from degenerate ones.

The distributions are stored in ``tests/calibration/<assignment>.json``, so that a test can compare the thresholds of the notebook with them
without training anything.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from nbformat import NotebookNode

from assay.calibration_runs import (
    SOLUTION,
    Comparison,
    Experiment,
    Job,
    Observed,
    Run,
    changes_answers_only,
    jobs_of,
    read_degenerate,
    read_right,
    run_jobs,
    threshold_cells,
    touched_cells,
)
from assay.cells import grade_id, is_test
from assay.checks.margins import AT_LEAST, meets
from assay.course import Course
from assay.errors import AssayError
from assay.tolerance import Tail, from_logit, is_share, logit, tail
from assay.usage import HelpFormatter, examples
from assay.variants import claims_of, read_master

#: What a threshold has to keep: the upper 95 % bounds of the probabilities of failing a right answer, and of passing one that it is there to fail.
RIGHT_FAILS = 1 / 1000
WRONG_PASSES = 1 / 100
#: How many runs there have to be of the solution, and of each degenerate answer.
RIGHT_RUNS = 100
WRONG_RUNS = 30
#: Runs of each right variant in another style: enough to see whether the style matters.
STYLE_RUNS = 3

_DIGITS = 4
#: Smaller probabilities are not shown: the shape of a distribution is not known so far out.
_SMALLEST_SHOWN = 1e-9
#: Distributions are read together by a package's name, and these decide on the values.
_PACKAGES = ("keras", "numpy", "tensorflow")


@dataclass(frozen=True)
class Threshold(Comparison):
    """One comparison of the notebook with a threshold, and what was compared with it.

    Attributes
    ----------
    value
        The threshold.
    digest
        Of the claim's code without its thresholds: another one means that the distributions belong to another claim.
    values
        From the name of an experiment to the value got in each of its runs; None where there was none.
    """

    value: float
    digest: str
    values: Mapping[str, list[float | None]] = field(default_factory=dict)


@dataclass(frozen=True)
class About:
    """What is known of an experiment besides its values.

    Attributes
    ----------
    sentence
        What it is.
    caught_by
        The comparisons that have to fail it.
    fails
        The claims that fail it for other reasons than a threshold, as ``cell: claim``; None where nobody could hand it in.
    digest
        Of its code.
    """

    sentence: str
    caught_by: tuple[str, ...]
    fails: tuple[str, ...] | None
    digest: str


@dataclass(frozen=True)
class Calibration:
    """All thresholds of an assignment, the experiments by name, and the versions of the packages that trained them."""

    assignment: str
    versions: Mapping[str, str]
    experiments: Mapping[str, About]
    thresholds: tuple[Threshold, ...]


def stored_path(course: Course, assignment: str) -> Path:
    """Where the distributions of an assignment are stored."""
    return course.root / "tests" / "calibration" / f"{assignment}.json"


def calibrate(
    course: Course,
    assignment: str,
    *,
    runs: tuple[int, int, int] = (RIGHT_RUNS, WRONG_RUNS, STYLE_RUNS),
    processes: int = 2,
    keep: Calibration | None = None,
    report: Callable[[str], None] = lambda line: None,
    save: Callable[[Calibration], None] = lambda part: None,
) -> Calibration:
    """Run every claim that compares with a threshold under many seeds, with right and with degenerate answers.

    Parameters
    ----------
    runs
        Of the solution, of each degenerate answer, and of each right variant.
    processes
        How many run at a time.
    keep
        A calibration whose distributions are taken over where neither the claim nor the answer has changed; only runs that
        they lack are added.
    report
        Called with a line for each part that is done.
    save
        Called with all distributions so far, whenever a part is done.

    Raises
    ------
    AssayError
        The solution fails a claim, or an answer cannot be run.
    """
    master = read_master(course, assignment)
    files = course.source(assignment)
    solution = Experiment(SOLUTION, "The course's own answers.")
    degenerate, right = read_degenerate(course, assignment, master), read_right(course, assignment)
    # All claims, not only those that seem to compare with a threshold: their text is not trusted to tell.
    everything = tuple(grade_id(cell) for cell in master.cells if is_test(cell))
    found = run_jobs(master, [Job(solution, everything, (None,))], processes=1, files=files)[0]
    _refuse_failures(found)
    thresholds = _thresholds(master, found)
    _refuse_unknown(degenerate, thresholds)

    jobs: list[Job] = []
    for experiment, number in (
        (solution, runs[0]),
        *((each, runs[1]) for each in degenerate),
        *((each, runs[2]) for each in right),
    ):
        jobs += _jobs(master, experiment, number, thresholds, keep)
        if (
            experiment in degenerate
            and changes_answers_only(master, experiment)
            and _known_failures(keep, experiment) is None
        ):
            others = frozenset(each.name for each in claims_of(master)) - {each.claim for each in thresholds}
            jobs.append(Job(experiment, tuple(touched_cells(master, experiment)), (None,), others))
    start = time.monotonic()
    results: list[Run] = []

    def gathered() -> Calibration:
        experiments = {
            each.name: About(each.sentence, each.caught_by, _failures(each, results, keep), digest_of(each))
            for each in (solution, *degenerate, *right)
        }
        filled = [replace(each, values=_values(each, experiments, results, keep)) for each in thresholds]
        versions = {name: sys.modules[name].__version__ for name in _PACKAGES if name in sys.modules}
        return Calibration(assignment, versions, experiments, tuple(filled))

    def done(job: Job, runs: list[Run]) -> None:
        results.extend(runs)
        kind = "the other claims once" if job.numbers == (None,) else f"{len(job.numbers)} runs"
        report(f"{assignment}: {job.experiment.name}, {kind} ({time.monotonic() - start:.0f} s)")
        save(gathered())

    run_jobs(master, jobs, processes=processes, report=done, files=files)
    return gathered()


def thresholds_now(course: Course, assignment: str) -> list[Threshold]:
    """The thresholds of the notebook as it is, found by one run of its solution.

    Raises
    ------
    AssayError
        The solution fails one of those claims, with the notebook's own seeds and thresholds.
    """
    master = read_master(course, assignment)
    tests = tuple(threshold_cells(master))
    if not tests:
        return []
    only = Job(Experiment(SOLUTION), tests, (None,))
    found = run_jobs(master, [only], processes=1, files=course.source(assignment))[0]
    _refuse_failures(found)
    return _thresholds(master, found)


def read_calibration(course: Course, assignment: str) -> Calibration:
    """Read the stored distributions of an assignment.

    Raises
    ------
    AssayError
        There are none.
    """
    path = stored_path(course, assignment)
    if not path.is_file():
        raise AssayError(f"{path} is missing: run assay calibrate {assignment}.")
    data = json.loads(path.read_text(encoding="utf-8"))
    experiments = {
        name: About(
            each["sentence"],
            tuple(each["caught_by"]),
            None if each["fails"] is None else tuple(each["fails"]),
            each["digest"],
        )
        for name, each in data["experiments"].items()
    }
    thresholds = tuple(
        Threshold(
            each["cell"],
            each["claim"],
            each["index"],
            each["direction"],
            each["threshold"],
            each["digest"],
            each["values"],
        )
        for each in data["thresholds"]
    )
    return Calibration(assignment, data["versions"], experiments, thresholds)


def write_calibration(course: Course, calibration: Calibration) -> None:
    """Store the distributions of an assignment."""
    data = {
        "versions": dict(calibration.versions),
        "experiments": {
            name: {
                "sentence": each.sentence,
                "caught_by": list(each.caught_by),
                "fails": None if each.fails is None else list(each.fails),
                "digest": each.digest,
            }
            for name, each in calibration.experiments.items()
        },
        "thresholds": [
            {
                "cell": each.cell,
                "claim": each.claim,
                "index": each.index,
                "direction": each.direction,
                "threshold": each.value,
                "digest": each.digest,
                "values": dict(each.values),
            }
            for each in calibration.thresholds
        ],
    }
    text = json.dumps(data, indent=1, ensure_ascii=False)
    # The numbers of a distribution on one line, so that a difference between two files can be read.
    text = re.sub(
        r"\[\s+([-+\d.e,\snul]+?)\s+\]", lambda match: f"[{' '.join(match.group(1).split())}]", text
    )
    path = stored_path(course, calibration.assignment)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n", encoding="utf-8")


def differences(stored: Sequence[Threshold], now: Sequence[Threshold]) -> list[str]:
    """One sentence for each threshold of the notebook that is not the stored one, and for each that is missing on one side."""
    known = {(each.cell, each.name): each for each in stored}
    sentences = []
    for each in now:
        other = known.pop((each.cell, each.name), None)
        where = f"{each.cell}: {each.name}"
        if other is None:
            sentences.append(f"{where} was never calibrated.")
        elif (each.direction, each.value) != (other.direction, other.value):
            sentences.append(
                f"{where} compares with {each.direction} {each.value:g} in the notebook, and was calibrated for {other.direction} {other.value:g}."
            )
        elif each.digest != other.digest:
            sentences.append(f"{where} is not the claim any more that was calibrated.")
    sentences += [f"{cell}: {name} is stored, and not in the notebook." for cell, name in known]
    same_order = [(each.cell, each.name) for each in stored] == [(each.cell, each.name) for each in now]
    if not sentences and not same_order:
        sentences.append("The thresholds stand in another order in the notebook.")
    return sentences


def right_tail(threshold: Threshold) -> Tail | None:
    """The probability of failing the solution; None if there are too few runs to say."""
    return _tail(threshold, SOLUTION, passing=False)


def wrong_tail(threshold: Threshold, experiment: str) -> Tail | None:
    """The probability of passing a degenerate answer; None if too few runs gave a value at all."""
    return _tail(threshold, experiment, passing=True)


def wrong_ones(calibration: Calibration, threshold: Threshold) -> list[str]:
    """The degenerate answers that a threshold is there to fail."""
    return [name for name, each in calibration.experiments.items() if threshold.name in each.caught_by]


def problems(calibration: Calibration) -> list[str]:
    """One sentence for each bound that a threshold does not keep, and for each distribution that is too small."""
    return [
        f"{each.cell}: {each.name}, {each.direction} {each.value:g}: {sentence}"
        for each in calibration.thresholds
        for sentence in _problems(calibration, each)
    ]


def middle(calibration: Calibration, threshold: Threshold) -> float | None:
    """Halfway, in logits, between the right run and the wrong run that come nearest to each other; None if they overlap."""
    right = [value for value in threshold.values.get(SOLUTION, []) if value is not None]
    wrong = [
        value
        for name in wrong_ones(calibration, threshold)
        for value in threshold.values.get(name, [])
        if value is not None
    ]
    if not right or not wrong:
        return None
    low, high = (max(wrong), min(right)) if threshold.direction == AT_LEAST else (max(right), min(wrong))
    if low >= high:
        return None
    if not is_share(np.array([low, high])):
        return (low + high) / 2
    return from_logit(float(np.mean(logit(np.array([low, high])))))


def print_table(calibration: Calibration) -> None:
    """Print for each threshold how far the right and the wrong answers are from it, and the probabilities on both sides."""
    print(
        f"{calibration.assignment}, with {', '.join(f'{name} {version}' for name, version in calibration.versions.items())}"
    )
    print(
        "distance: from the threshold to the mean of the runs, in units of the value and in standard deviations (of the logits, where the value is a share);\n"
        "P: probability of failing a right answer, or of passing a wrong one: estimate, and upper 95 % bound"
    )
    for threshold in calibration.thresholds:
        print(f"\n{threshold.cell}: {threshold.name}, {threshold.direction} {threshold.value:g}")
        for line in _lines(calibration, threshold):
            print(f"  {line}")
        if (halfway := middle(calibration, threshold)) is not None:
            print(f"  halfway between the nearest right and the nearest wrong run: {halfway:.3g}")
        for sentence in _problems(calibration, threshold):
            print(f"  PROBLEM: {sentence}")
    answers = {name: each for name, each in calibration.experiments.items() if each.fails is not None}
    if answers:
        print("\ncaught elsewhere: claims that fail a degenerate answer whatever the thresholds are")
        for name, each in answers.items():
            print(f"  {name}: {', '.join(each.fails or ()) or 'none'}")


def claim_digest(source: str, claim: str) -> str:
    """A short digest of a claim's code: without its sentence, its comments, its layout and the thresholds themselves."""
    function = next(
        (node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and node.name == claim),
        None,
    )
    if function is None:
        return ""
    lines = [line.encode() for line in source.split("\n")]
    # From the last to the first, so that the places of the others stay what they are.
    for node in sorted(
        _threshold_numbers(function), key=lambda node: (node.lineno, node.col_offset), reverse=True
    ):
        line = lines[node.lineno - 1]
        if node.end_lineno == node.lineno:
            lines[node.lineno - 1] = line[: node.col_offset] + line[node.end_col_offset :]
    first = function.body[0].end_lineno if ast.get_docstring(function) else function.body[0].lineno - 1
    code = b"".join(
        line.strip() for line in lines[first : function.end_lineno] if not line.strip().startswith(b"#")
    )
    # A formatter that wraps a call adds spaces and a last comma.
    code = b"".join(code.split()).replace(b",)", b")")
    return hashlib.sha256(code).hexdigest()[:12]


def digest_of(experiment: Experiment) -> str:
    """A short digest of the code of an answer."""
    code = json.dumps([sorted(experiment.answers.items()), experiment.after])
    return hashlib.sha256(code.encode()).hexdigest()[:12]


def add_command(subparsers: Any) -> None:
    """Add ``assay calibrate`` to the command line."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "calibrate",
        help="measure how far the thresholds of a notebook stand from right and from degenerate answers",
        description="Run the claims that compare with a threshold under many seeds, on the solution, on degenerate answers and on right ones in "
        "other styles; store what they got in tests/calibration/, and print how far each threshold stands from right and from wrong. Ends with 1 "
        "when one is too near. docs/author.md says how to read the table.",
        formatter_class=HelpFormatter,
        epilog=examples(
            ("assay calibrate slope", "everything anew: seconds, or half an hour with networks"),
            ("assay calibrate --keep slope", "only what has changed, or what an interruption left out"),
            ("assay calibrate --check slope", "in CI: is the notebook what was measured?"),
        ),
    )
    parser.add_argument("assignments", nargs="*", metavar="ASSIGNMENT", help="all when none is named")
    parser.add_argument(
        "--course", default=".", metavar="DIR", help="the folder of the course (default: this one)"
    )
    parser.add_argument(
        "--processes", type=int, default=2, metavar="N", help="how many run at a time (default: 2)"
    )
    parser.add_argument(
        "--runs",
        type=int,
        default=RIGHT_RUNS,
        metavar="N",
        help="seeds for the solution (default: %(default)s)",
    )
    parser.add_argument(
        "--wrong-runs",
        type=int,
        default=WRONG_RUNS,
        metavar="N",
        help="seeds for each degenerate answer (default: %(default)s)",
    )
    parser.add_argument(
        "--style-runs",
        type=int,
        default=STYLE_RUNS,
        metavar="N",
        help="seeds for each right variant (default: %(default)s)",
    )
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument(
        "--keep",
        action="store_true",
        help="keep stored distributions of claims and answers that have not changed",
    )
    mode.add_argument(
        "--check", action="store_true", help="train nothing anew: compare the notebook with what is stored"
    )
    mode.add_argument("--table", action="store_true", help="only print the table of what is stored")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run ``assay calibrate``: 0 when every threshold keeps its bounds, else 1."""
    course = Course.at(options.course)
    failed = False
    for assignment in course.chosen(options.assignments):
        is_stored = stored_path(course, assignment).is_file()
        if not is_stored and not threshold_cells(read_master(course, assignment)):
            print(f"{assignment}: no claim compares with a threshold")
            continue
        if options.check:
            calibration = read_calibration(course, assignment)
            sentences = differences(calibration.thresholds, thresholds_now(course, assignment)) + problems(
                calibration
            )
            print("\n".join(f"{assignment}: {line}" for line in sentences) or f"{assignment}: as calibrated")
            failed = failed or bool(sentences)
            continue
        if options.table:
            calibration = read_calibration(course, assignment)
        else:
            calibration = calibrate(
                course,
                assignment,
                runs=(options.runs, options.wrong_runs, options.style_runs),
                processes=options.processes,
                keep=read_calibration(course, assignment) if options.keep and is_stored else None,
                report=lambda line: print(line, file=sys.stderr, flush=True),
                # Whoever interrupts it can go on with --keep.
                save=lambda part: write_calibration(course, part),
            )
            write_calibration(course, calibration)
        print_table(calibration)
        failed = failed or bool(problems(calibration))
    return int(failed)


def _thresholds(master: NotebookNode, found: Run) -> list[Threshold]:
    sources = {grade_id(cell): cell.source for cell in master.cells if is_test(cell)}
    return [
        Threshold(
            each.cell,
            each.claim,
            each.index,
            each.direction,
            each.threshold,
            claim_digest(sources[each.cell], each.claim),
        )
        for each in found.observed
    ]


def _threshold_numbers(function: ast.FunctionDef) -> Iterator[ast.Constant]:
    for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        places = [
            keyword.value for keyword in call.keywords if keyword.arg in ("at_least", "at_most", "threshold")
        ]
        places += call.args[1:2] if name in ("at_least", "at_most") else []
        yield from (node for node in places if isinstance(node, ast.Constant))


def _refuse_failures(run: Run) -> None:
    for claim, error in run.failed.items():
        raise AssayError(f"The solution fails the claim {claim} with the notebook's own seeds: {error}")
    for each in run.observed:
        if not each.claim:
            raise AssayError(
                f"The test cell {each.cell!r} compares with a threshold outside every claim: put it into one."
            )
        if each.got is None or not meets(each.direction, each.got, each.threshold):
            raise AssayError(
                f"The solution fails {each.name} with the notebook's own seeds: got {each.got}, expected {each.direction} {each.threshold:g}."
            )


def _refuse_unknown(experiments: Iterable[Experiment], thresholds: Sequence[Threshold]) -> None:
    names = [each.name for each in thresholds]
    if len(set(names)) < len(names):
        raise AssayError("Two claims that compare with a threshold have the same name: give each its own.")
    for experiment in experiments:
        if unknown := set(experiment.caught_by) - set(names):
            raise AssayError(
                f"{experiment.name}.py is to be caught by {sorted(unknown)}, the notebook has the thresholds {names}."
            )


def _kept(keep: Calibration | None, threshold: Threshold, name: str, digest: str) -> list[float | None]:
    """The values of an experiment that were got under a claim and an answer which are still the same."""
    if keep is None or name not in keep.experiments or keep.experiments[name].digest != digest:
        return []
    for each in keep.thresholds:
        if (each.cell, each.name, each.digest) == (threshold.cell, threshold.name, threshold.digest):
            return each.values.get(name, [])
    return []


def _jobs(
    master: NotebookNode,
    experiment: Experiment,
    number: int,
    thresholds: Sequence[Threshold],
    keep: Calibration | None,
) -> list[Job]:
    """The runs up to ``number`` that are not kept, of the cells with thresholds that the experiment has to do with."""
    missing: dict[int, list[str]] = {}
    touched = touched_cells(master, experiment)
    claims = frozenset(each.claim for each in thresholds)
    for cell in dict.fromkeys(each.cell for each in thresholds):
        if cell in touched:
            own = [each for each in thresholds if each.cell == cell]
            start = min(len(_kept(keep, each, experiment.name, digest_of(experiment))) for each in own)
            missing.setdefault(start, []).append(cell)
    return [
        job
        for start, cells in missing.items()
        for job in jobs_of(experiment, cells, range(start + 1, number + 1), claims)
    ]


def _values(
    threshold: Threshold, experiments: Mapping[str, About], results: Sequence[Run], keep: Calibration | None
) -> dict[str, list[float | None]]:
    """From each experiment that has to do with a threshold to its values: those that are kept, and those of the runs that follow."""
    found: dict[str, list[float | None]] = {}
    for name, about in experiments.items():
        values = list(_kept(keep, threshold, name, about.digest))
        runs = {run.number: run for run in results if run.experiment == name and threshold.cell in run.cells}
        while (run := runs.get(len(values) + 1)) is not None:
            values.append(_value(run.observed, threshold))
            if name == SOLUTION and values[-1] is None:
                reason = run.failed.get(threshold.claim, "it was not reached")
                raise AssayError(
                    f"The solution gives no value for {threshold.name} in run {run.number}: {reason}"
                )
        if values:
            found[name] = values
    return found


def _value(observed: Iterable[Observed], threshold: Threshold) -> float | None:
    for each in observed:
        if (each.cell, each.claim, each.index) == (threshold.cell, threshold.claim, threshold.index):
            return None if each.got is None else round(each.got, _DIGITS)
    return None


def _failures(
    experiment: Experiment, results: Sequence[Run], keep: Calibration | None
) -> tuple[str, ...] | None:
    for run in results:
        if run.experiment == experiment.name and run.number is None:
            return tuple(run.failed)
    return _known_failures(keep, experiment)


def _known_failures(keep: Calibration | None, experiment: Experiment) -> tuple[str, ...] | None:
    known = None if keep is None else keep.experiments.get(experiment.name)
    return known.fails if known is not None and known.digest == digest_of(experiment) else None


def _tail(threshold: Threshold, experiment: str, *, passing: bool) -> Tail | None:
    values = [value for value in threshold.values.get(experiment, []) if value is not None]
    if len(values) < 10:
        return None
    above = passing == (threshold.direction == AT_LEAST)
    return tail(values, threshold.value, above=above, or_equal=passing)


def _problems(calibration: Calibration, threshold: Threshold) -> Iterator[str]:
    number = len(threshold.values.get(SOLUTION, []))
    if number < RIGHT_RUNS:
        yield f"{number} runs of the solution, at least {RIGHT_RUNS} are needed."
    if number > 1 and len(set(threshold.values[SOLUTION])) == 1:
        yield (
            "every run of the solution got the same value: let the claim draw its chance from seeds that calibrate replaces "
            "(keras.utils.set_random_seed; without Keras np.random.default_rng, np.random.seed or random.seed)."
        )
    right = right_tail(threshold)
    if right is not None and right.bound > RIGHT_FAILS:
        yield f"it fails a right answer with a probability of up to {_probability(right.bound)}, at most {RIGHT_FAILS:g} is allowed."
    for name, about in calibration.experiments.items():
        if (
            about.caught_by
            or name == SOLUTION
            or name not in threshold.values
            or name.startswith("degenerate_")
        ):
            continue
        if lost := [
            value
            for value in threshold.values[name]
            if value is None or not meets(threshold.direction, value, threshold.value)
        ]:
            yield f"the right variant {name} fails it in {len(lost)} of {len(threshold.values[name])} runs."
    named = wrong_ones(calibration, threshold)
    if not named:
        yield "no degenerate answer names it under 'caught by': is it there to catch anything?"
    for name in named:
        values = threshold.values.get(name, [])
        if len(values) < WRONG_RUNS:
            yield f"{len(values)} runs of {name}, at least {WRONG_RUNS} are needed."
        wrong = wrong_tail(threshold, name)
        if wrong is not None and wrong.bound > WRONG_PASSES:
            yield f"it passes {name} with a probability of up to {_probability(wrong.bound)}, at most {WRONG_PASSES:g} is allowed."


def _lines(calibration: Calibration, threshold: Threshold) -> Iterator[str]:
    yield _line("right", SOLUTION, threshold.values.get(SOLUTION, []), right_tail(threshold))
    named = wrong_ones(calibration, threshold)
    styles = [
        value
        for name in threshold.values
        if name != SOLUTION and not name.startswith("degenerate_")
        for value in threshold.values[name]
    ]
    if styles:
        yield _line("right", "in other styles", styles, None)
    for kind, names in (
        ("wrong", named),
        (
            "other",
            [name for name in threshold.values if name.startswith("degenerate_") and name not in named],
        ),
    ):
        for name in names:
            yield _line(
                kind,
                name.removeprefix("degenerate_"),
                threshold.values.get(name, []),
                wrong_tail(threshold, name),
            )


def _line(kind: str, name: str, values: Sequence[float | None], found: Tail | None) -> str:
    numbers = [value for value in values if value is not None]
    if not numbers:
        return f"{kind:5} {name:28} {len(values):4} runs, no value in any"
    text = f"{kind:5} {name:28} {len(values):4} runs {min(numbers):.3f} .. {max(numbers):.3f}, mean {np.mean(numbers):.3f}"
    if found is not None:
        text += (
            f", {found.num_beyond} {'fail' if kind == 'right' else 'pass'}, distance {found.distance:.3f} ({found.deviations:.1f} sd), "
            f"P {_probability(found.estimate)} <= {_probability(found.bound)} ({found.shape})"
        )
    return text


def _probability(value: float) -> str:
    return f"{value:.1g}" if value >= _SMALLEST_SHOWN else f"<{_SMALLEST_SHOWN:g}"

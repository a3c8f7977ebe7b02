"""Thresholds with a measured margin: the verbs, the statistics against published tables, and ``assay calibrate`` on a toy notebook."""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest

from assay import calibration, calibration_runs, tolerance
from assay.calibration import (
    About,
    Calibration,
    Threshold,
    calibrate,
    claim_digest,
    differences,
    middle,
    print_table,
    problems,
    read_calibration,
    stored_path,
    thresholds_now,
    write_calibration,
)
from assay.calibration_runs import Experiment, Job, read_degenerate, run_jobs, threshold_cells, touched_cells
from assay.checks import claim, holds, margins
from assay.checks.claims import ClaimFailed
from assay.checks.margins import at_least, at_most, keeps, observing
from assay.claim_runs import failed_claims
from assay.course import Course
from assay.errors import AssayError
from assay.variants import claims_of, read_master

SETUP = """\
import numpy as np

from assay.checks import claim, margins


def noise():
    return 0.2 * np.random.standard_normal()


def share(level):
    return 1 / (1 + np.exp(-level - noise()))
"""
TRAIN = "### BEGIN SOLUTION\ndef train(level):\n    return share(level)\n### END SOLUTION"
LEARNS = '''\
@claim
def it_learns():
    """It learns."""
    np.random.seed(3)
    margins.at_least(train(2.0), 0.7, "accuracy")


### BEGIN HIDDEN TESTS
@claim
def it_learns_little():
    """It learns, and forgets."""
    np.random.seed(4)
    margins.at_least(train(2.5), 0.7, "accuracy")
    margins.at_most(train(-2.0), 0.4, "accuracy of what was forgotten")
### END HIDDEN TESTS'''
PLAIN = '''\
@claim
def it_is_a_number():
    """It gives a number."""
    assert isinstance(train(0.0), float)
'''
CONSTANT = '"""Always says 0.3."""\n# caught by: it_learns it_learns_little\n\n# %% train\ndef train(level):\n    return 0.3\n'
STUCK = '''\
"""Stays where it was."""
# caught by: it_learns:1x

# %% after the answers
share = lambda level: 1 / (1 + np.exp(1.0 - noise()))
'''


def code(source: str, grade_id: str, **role: object) -> nbformat.NotebookNode:
    metadata = {
        "grade": False,
        "locked": True,
        "solution": False,
        "task": False,
        "schema_version": 3,
        "grade_id": grade_id,
    }
    return nbformat.v4.new_code_cell(source, metadata={"nbgrader": metadata | role})


def toy_course(
    folder: Path, *, learns: str = LEARNS, train: str = TRAIN, degenerate: dict[str, str] | None = None
) -> Course:
    """A course of one notebook whose trainings are random numbers, with degenerate answers."""
    (folder / "nbgrader_config.py").write_text("")
    (folder / "source" / "toy").mkdir(parents=True)
    (folder / "source" / "toy.py").write_text("")
    cells = [
        code(SETUP, "setup"),
        code(train, "train", solution=True, locked=False),
        code(learns, "learns", grade=True, points=1),
        code(PLAIN, "plain", grade=True, points=1),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "source" / "toy" / "toy.ipynb")
    place = folder / "tests" / "variants" / "toy"
    place.mkdir(parents=True)
    for name, text in (degenerate if degenerate is not None else {"constant": CONSTANT}).items():
        (place / f"degenerate_{name}.py").write_text(text)
    return Course.at(folder)


def by_name(found: Calibration) -> dict[str, Threshold]:
    return {each.name: each for each in found.thresholds}


# The verbs


@pytest.mark.parametrize("got", [0.7, 0.9, np.float32(0.75), np.array(0.8), 1])
def test_a_number_that_is_not_below_the_threshold_is_at_least_that(got: object):
    at_least(got, 0.7, "accuracy")


@pytest.mark.parametrize("got", [0.69999, -1.0, math.nan, np.float64("nan"), -math.inf])
def test_a_smaller_number_and_nan_are_not_at_least_the_threshold(got: object):
    with pytest.raises(ClaimFailed, match=r"accuracy: got .*, expected at least 0\.7"):
        at_least(got, 0.7, "accuracy")


@pytest.mark.parametrize("got", [0.4, 0.1, np.float32(0.25), 0])
def test_a_number_that_is_not_above_the_threshold_is_at_most_that(got: object):
    at_most(got, 0.4, "accuracy")


@pytest.mark.parametrize("got", [0.40001, 2, math.nan, math.inf])
def test_a_larger_number_and_nan_are_not_at_most_the_threshold(got: object):
    with pytest.raises(ClaimFailed, match=r"accuracy: got .*, expected at most 0\.4"):
        at_most(got, 0.4, "accuracy")


@pytest.mark.parametrize("got", [None, "0.9", True, [0.9, 0.9], {"accuracy": 0.9}, 1j])
def test_what_is_no_real_number_keeps_no_threshold(got: object):
    for verb in (at_least, at_most):
        with pytest.raises(ClaimFailed, match="accuracy"):
            verb(got, 0.5, "accuracy")


def test_an_open_answer_is_not_compared():
    with pytest.raises(NotImplementedError):
        at_least(..., 0.5, "accuracy")


def test_the_message_tells_the_likely_slip():
    with pytest.raises(ClaimFailed, match=r"accuracy: got 0.1, expected at least 0.5 \(is it trained\?\)"):
        at_least(0.1, 0.5, "accuracy", hint="is it trained?")


def test_a_verb_of_its_own_can_ask_whether_a_threshold_is_kept():
    assert keeps(margins.AT_LEAST, 0.5, 0.5)
    assert not keeps(margins.AT_LEAST, 0.4, 0.5)
    assert not keeps(margins.AT_MOST, 0.6, 0.5)
    assert not keeps(margins.AT_MOST, math.nan, 0.5)


def test_observing_notes_every_comparison_and_lets_the_claims_go_on():
    with observing() as seen:

        @claim
        def first():
            """Compares twice."""
            at_least(0.1, 0.9, "one")
            at_most(0.8, 0.2, "other")

        @claim
        def second():
            """Compares and fails."""
            at_least(math.nan, 0.5, "third")
            holds(False, "for another reason")

    assert [(each.claim, each.index, each.direction, each.threshold) for each in seen.comparisons] == [
        ("first", 0, "at least", 0.9),
        ("first", 1, "at most", 0.2),
        ("second", 0, "at least", 0.5),
    ]
    assert [each.got for each in seen.comparisons][:2] == [0.1, 0.8]
    assert math.isnan(seen.comparisons[2].got)
    assert [each.error is None for each in seen.outcomes] == [True, False]


def test_a_value_that_is_no_number_fails_while_observing_too():
    with observing() as seen:

        @claim
        def it():
            """Compares nothing."""
            at_least("0.9", 0.5, "accuracy")

    assert seen.comparisons == []
    assert isinstance(seen.outcomes[0].error, ClaimFailed)


def test_after_observing_a_threshold_counts_again():
    with observing():
        at_least(0.1, 0.9, "accuracy")
    with pytest.raises(ClaimFailed):
        at_least(0.1, 0.9, "accuracy")


# The statistics


@pytest.mark.parametrize(
    ("num_values", "share", "confidence", "factor"),
    [
        # Natrella 1963, table A-7; the last is the example of the NIST/SEMATECH e-Handbook, section 7.2.6.3.
        (10, 0.90, 0.95, 2.355),
        (10, 0.99, 0.95, 3.981),
        (30, 0.90, 0.95, 1.777),
        (30, 0.99, 0.95, 3.064),
        (50, 0.999, 0.95, 3.766),
        (43, 0.90, 0.99, 1.8740),
    ],
)
def test_tolerance_factors_are_those_of_published_tables(
    num_values: int, share: float, confidence: float, factor: float
):
    assert tolerance.tolerance_factor(num_values, share, confidence) == pytest.approx(factor, abs=6e-4)


def test_the_factor_for_one_in_a_thousand_of_a_hundred_runs_is_near_natrellas_approximation():
    # k = (z_p + sqrt(z_p^2 - a b)) / a with a = 1 - z_c^2 / (2 (n - 1)), b = z_p^2 - z_c^2 / n (Natrella 1963, section 2-5.2).
    n, z_p, z_c = 100, 3.090232, 1.644854
    a, b = 1 - z_c**2 / (2 * (n - 1)), z_p**2 - z_c**2 / n
    assert tolerance.tolerance_factor(n, 0.999) == pytest.approx(
        (z_p + math.sqrt(z_p**2 - a * b)) / a, rel=3e-3
    )


@pytest.mark.parametrize("share", [0.9, 0.999, 1 - 1e-6])
def test_the_bound_of_the_tail_is_the_inverse_of_the_tolerance_factor(share: float):
    factor = tolerance.tolerance_factor(100, share)
    assert tolerance.normal_tail_bound(factor, 100) == pytest.approx(1 - share, rel=1e-6)


def test_the_bound_of_the_normal_tail_holds_in_95_of_100_samples():
    generator = np.random.default_rng(1)
    held = 0
    for _ in range(300):
        sample = generator.standard_normal(40)
        deviations = (3.0 - sample.mean()) / sample.std(ddof=1)
        held += tolerance.normal_tail_bound(deviations, 40) >= tolerance.normal_tail(3.0)
    # 285 are expected; four standard deviations are 15.
    assert 270 <= held <= 299


@pytest.mark.parametrize(
    ("draw", "above"),
    [
        (lambda generator, size: generator.exponential(size=size), lambda x: math.exp(-x)),
        (lambda generator, size: generator.standard_normal(size), tolerance.normal_tail),
        (lambda generator, size: generator.logistic(size=size), lambda x: 1 / (1 + math.exp(x))),
        (lambda generator, size: generator.laplace(size=size), lambda x: 0.5 * math.exp(-x)),
    ],
    ids=["exponential", "normal", "logistic", "laplace"],
)
def test_the_bound_of_the_exponential_tail_holds_in_95_of_100_samples(draw, above):
    generator = np.random.default_rng(2)
    held = 0
    for _ in range(1000):
        sample = np.sort(draw(generator, 100))
        held += tolerance.exponential_tail(sample, 7.0)[1] >= above(7.0)
    # 28 are four standard deviations of 950.
    assert held >= 950 - 28


def test_the_bound_of_a_share_is_that_of_clopper_and_pearson():
    assert tolerance.share_bound(0, 100) == pytest.approx(1 - 0.05**0.01, rel=1e-9)
    # Their 1934 charts and every table since: 1 of 10 has the upper 95 % bound 0.3942.
    assert tolerance.share_bound(1, 10) == pytest.approx(0.3942, abs=1e-4)
    assert tolerance.share_bound(10, 10) == 1.0


@pytest.mark.parametrize("size", [10, 100])
def test_ten_percent_of_normal_samples_exceed_the_critical_value_of_anderson_and_darling(size: int):
    generator = np.random.default_rng(3)
    exceeded = sum(tolerance.anderson_darling(generator.standard_normal(size)) > 0.631 for _ in range(1000))
    assert 62 <= exceeded <= 138


def test_a_skewed_sample_is_fitted_by_the_exponential_tail():
    levels = 2.0 - np.random.default_rng(4).exponential(0.2, size=100)
    found = tolerance.tail(1 / (1 + np.exp(-levels)), 0.5, above=False)
    assert found.shape == "exponential"


def test_a_normal_sample_of_logits_is_fitted_as_one():
    levels = np.random.default_rng(5).normal(2.0, 0.2, size=100)
    found = tolerance.tail(1 / (1 + np.exp(-levels)), 0.7, above=False)
    assert found.shape == "normal"
    assert found.deviations == pytest.approx((2.0 - math.log(0.7 / 0.3)) / 0.2, rel=0.2)
    assert found.estimate < found.bound < 1e-5


def test_both_sides_of_a_threshold_are_treated_alike():
    values = 1 / (1 + np.exp(-np.random.default_rng(6).normal(2.0, 0.2, size=100)))
    below, above = tolerance.tail(values, 0.7, above=False), tolerance.tail(1 - values, 1 - 0.7, above=True)
    assert (below.shape, below.num_beyond) == (above.shape, above.num_beyond)
    assert below.bound == pytest.approx(above.bound, rel=1e-6)
    assert below.distance == pytest.approx(above.distance)


def test_a_run_beyond_the_threshold_is_counted_however_good_the_fit_is():
    values = [0.9] * 99 + [0.2]
    found = tolerance.tail(values, 0.5, above=False)
    assert found.num_beyond == 1
    assert found.bound >= tolerance.share_bound(1, 100)


def test_equal_runs_prove_no_certainty():
    near, far = (tolerance.tail([0.106] * 100, threshold, above=True) for threshold in (0.11, 0.3))
    assert near.bound > 0.01
    assert 0 < far.bound < 1e-4


def test_a_value_on_the_threshold_passes():
    values = [0.1, 0.2, 0.3, 0.4, 0.5] * 4
    assert tolerance.tail(values, 0.5, above=True).num_beyond == 0
    assert tolerance.tail(values, 0.5, above=True, or_equal=True).num_beyond == 4


def test_too_few_values_say_nothing():
    with pytest.raises(ValueError, match="at least 10"):
        tolerance.tail([0.5] * 9, 0.1, above=False)


# The runs


def test_a_run_has_other_seeds_than_the_notebook_and_the_same_ones_when_it_is_repeated(tmp_path: Path):
    master = read_master(toy_course(tmp_path), "toy")
    jobs = [
        Job(Experiment("solution"), ("learns",), (None, 1, 2)),
        Job(Experiment("solution"), ("learns",), (2, 1)),
    ]
    values = [[each.got for each in run.observed] for run in run_jobs(master, jobs)]
    own, first, second, second_again, first_again = values
    assert first == first_again
    assert second == second_again
    assert len({own[0], first[0], second[0]}) == 3


@pytest.mark.parametrize(("packages", "varies"), [((), True), (("keras",), False)])
def test_a_generator_has_another_seed_in_each_run_where_keras_is_not_used(
    packages: tuple[str, ...], varies: bool
):
    class Keras:
        utils = type("utils", (), {"set_random_seed": staticmethod(np.random.seed)})

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "keras", Keras)
        drawn = []
        for number in (1, 2, 1):
            with calibration_runs._other_seeds(number, packages):
                drawn.append(np.random.default_rng(3).random())
    own = np.random.default_rng(3).random()
    assert drawn[0] == drawn[2]
    assert (drawn[0] != drawn[1]) is varies
    assert (own not in drawn) is varies


def test_equal_values_in_every_run_are_a_problem_and_no_error(tmp_path: Path):
    fixed = LEARNS.replace("at_least(train(2.0), 0.7", "at_least(75.0, 50.0")
    found = calibrate(toy_course(tmp_path, learns=fixed), "toy", runs=(100, 30, 0))
    sentences = problems(found)
    assert any(
        "it_learns, at least 50: every run of the solution got the same value" in one for one in sentences
    )
    assert not any("same value" in one for one in sentences if "it_learns_little" in one)


def test_what_an_experiment_observes_has_the_names_of_cell_and_claim(tmp_path: Path):
    master = read_master(toy_course(tmp_path), "toy")
    run = run_jobs(master, [Job(Experiment("solution"), ("learns", "plain"), (None,))])[0]
    assert [(each.cell, each.name, each.direction, each.threshold) for each in run.observed] == [
        ("learns", "it_learns", "at least", 0.7),
        ("learns", "it_learns_little", "at least", 0.7),
        ("learns", "it_learns_little:2", "at most", 0.4),
    ]
    assert run.failed == {}


READS = """\
with open("level.txt") as file:
    LEVEL = float(file.read())
with open("level.txt", "w") as file:
    file.write("no number")
"""


def test_what_lies_beside_the_notebook_is_there_for_every_job_and_stays_as_it_is(tmp_path: Path):
    course = toy_course(tmp_path, learns=LEARNS.replace("train(2.0)", "train(LEVEL)"))
    master = read_master(course, "toy")
    master.cells.insert(1, code(READS, "reads"))
    files = course.source("toy")
    (files / "level.txt").write_text("2.0")
    claims = claims_of(master)
    before = Path.cwd()
    assert failed_claims(master, {}, claims, 30.0, files) == []
    assert [
        run.failed
        for run in run_jobs(master, [Job(Experiment("solution"), ("learns",), (1, 2))] * 2, files=files)
    ] == [{}] * 4
    assert (files / "level.txt").read_text() == "2.0"
    assert Path.cwd() == before
    assert [claim.name for claim in failed_claims(master, {}, claims, 30.0)] == ["it_learns"]


def test_an_answer_that_fails_before_the_comparison_gives_no_value(tmp_path: Path):
    master = read_master(toy_course(tmp_path), "toy")
    silent = Experiment("silent", answers={"train": "def train(level):\n    return None"})
    run = run_jobs(master, [Job(silent, ("learns",), (1,))])[0]
    assert run.observed == ()
    assert set(run.failed) == {"it_learns", "it_learns_little"}


def test_code_after_the_answers_changes_what_they_train_with(tmp_path: Path):
    course = toy_course(tmp_path, degenerate={"stuck": STUCK})
    master = read_master(course, "toy")
    (stuck,) = read_degenerate(course, "toy", master)
    run = run_jobs(master, [Job(stuck, ("learns",), (1,))])[0]
    assert run.observed[0].got is not None
    assert run.observed[0].got < 0.5


def test_claims_that_are_not_asked_for_are_not_run(tmp_path: Path):
    master = read_master(toy_course(tmp_path), "toy")
    silent = Experiment("silent", answers={"train": "def train(level):\n    return None"})
    run = run_jobs(master, [Job(silent, ("learns", "plain"), (1,), frozenset({"it_learns"}))])[0]
    assert set(run.failed) == {"it_learns"}


def test_an_answer_that_cannot_be_run_is_reported(tmp_path: Path):
    master = read_master(toy_course(tmp_path), "toy")
    with pytest.raises(AssayError, match="broken: cell 'train' raises ZeroDivisionError"):
        run_jobs(master, [Job(Experiment("broken", answers={"train": "1 / 0"}), ("learns",), (1,))])


def test_a_fork_that_dies_is_reported(tmp_path: Path):
    master = read_master(toy_course(tmp_path), "toy")
    deadly = Experiment("deadly", answers={"train": "import os\nos._exit(3)"})
    with pytest.raises(AssayError, match="ran deadly died with exit code 3"):
        run_jobs(master, [Job(deadly, ("learns",), (1,))])


def test_a_fork_that_falls_silent_is_given_up(tmp_path: Path):
    master = read_master(toy_course(tmp_path), "toy")
    silent = Experiment("endless", answers={"train": "while True:\n    pass"})
    with pytest.raises(AssayError, match="endless gave no sign of life"):
        run_jobs(master, [Job(silent, ("learns",), (1,))], seconds=1.0)


def test_only_cells_that_name_a_threshold_are_run_again_and_again(tmp_path: Path):
    assert threshold_cells(read_master(toy_course(tmp_path), "toy")) == ["learns"]


def test_an_experiment_touches_the_cells_that_use_what_it_defines_anew(tmp_path: Path):
    master = read_master(toy_course(tmp_path), "toy")
    assert touched_cells(
        master, Experiment("one", answers={"train": "def train(level):\n    return 1.0"})
    ) == ["learns", "plain"]
    # By way of `share`, which calls it, and `train`, which calls `share`.
    assert touched_cells(master, Experiment("two", after="noise = lambda: 0.0")) == ["learns", "plain"]
    assert touched_cells(master, Experiment("solution")) == ["learns", "plain"]
    assert touched_cells(master, Experiment("three", after="something_else = 1")) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# %% train\npass\n", "has no docstring"),
        ('"""It."""\n# %% setup\npass\n', "must replace solution cells"),
        ('"""It."""\n', "must replace solution cells"),
        ('"""It."""\n# %% train\ndef (\n', "does not parse in line 3"),
    ],
)
def test_a_degenerate_answer_that_is_not_written_as_it_should_be_is_refused(
    tmp_path: Path, text: str, message: str
):
    course = toy_course(tmp_path, degenerate={"it": text})
    with pytest.raises(AssayError, match=message):
        read_degenerate(course, "toy", read_master(course, "toy"))


# The command


def command(course: Course, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    calibration.add_command(parser.add_subparsers())
    options = parser.parse_args(["calibrate", "--course", str(course.root), *arguments])
    return options.run(options)


def test_calibrating_stores_the_distribution_of_every_threshold(tmp_path: Path):
    course = toy_course(tmp_path)
    found = calibrate(course, "toy")
    write_calibration(course, found)
    assert read_calibration(course, "toy") == found
    assert list(by_name(found)) == ["it_learns", "it_learns_little", "it_learns_little:2"]
    for each in found.thresholds:
        assert {name: len(values) for name, values in each.values.items()} == {
            "solution": 100,
            "degenerate_constant": 30,
        }
        assert each.values["degenerate_constant"] == [0.3] * 30
        assert len(set(each.values["solution"])) > 90


def test_the_spread_of_the_runs_is_that_of_the_answer(tmp_path: Path):
    values = by_name(calibrate(toy_course(tmp_path), "toy"))["it_learns"].values["solution"]
    levels = np.log(np.array(values) / (1 - np.array(values)))
    assert levels.mean() == pytest.approx(2.0, abs=0.1)
    assert levels.std() == pytest.approx(0.2, rel=0.3)


def test_the_table_shows_each_threshold_and_both_sides(tmp_path: Path, capsys: pytest.CaptureFixture):
    course = toy_course(tmp_path)
    command(course, "toy", "--processes", "1")
    printed = capsys.readouterr().out
    assert "learns: it_learns, at least 0.7" in printed
    assert "learns: it_learns_little:2, at most 0.4" in printed
    assert "(normal)" in printed
    assert "wrong constant                       30 runs 0.300 .. 0.300" in printed


def test_a_threshold_that_catches_nothing_is_a_problem(tmp_path: Path, capsys: pytest.CaptureFixture):
    assert command(toy_course(tmp_path), "toy") == 1
    assert "it_learns_little:2, at most 0.4\n" in (printed := capsys.readouterr().out)
    assert printed.count("PROBLEM") == 1
    assert "PROBLEM: no degenerate answer names it" in printed


def test_thresholds_that_keep_their_bounds_are_no_problem(tmp_path: Path):
    course = toy_course(
        tmp_path,
        learns=LEARNS.replace(
            '    margins.at_most(train(-2.0), 0.4, "accuracy of what was forgotten")\n', ""
        ),
    )
    assert command(course, "toy") == 0


def test_claims_that_catch_a_degenerate_answer_for_other_reasons_are_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture
):
    course = toy_course(
        tmp_path, degenerate={"array": CONSTANT.replace("return 0.3", "return np.array(0.3)")}
    )
    command(course, "toy")
    assert "degenerate_array: it_is_a_number" in capsys.readouterr().out


def test_what_no_student_could_hand_in_is_not_said_to_be_caught_elsewhere(tmp_path: Path):
    found = calibrate(
        toy_course(tmp_path, degenerate={"stuck": STUCK.replace("it_learns:1x", "it_learns")}),
        "toy",
        runs=(10, 10, 1),
    )
    assert found.experiments["degenerate_stuck"].fails is None


def test_kept_distributions_are_not_run_again(tmp_path: Path):
    course = toy_course(tmp_path)
    found = calibrate(course, "toy", runs=(12, 12, 1))
    lines: list[str] = []
    again = calibrate(course, "toy", runs=(12, 12, 1), keep=found, report=lines.append)
    assert lines == []
    assert again == found


def test_runs_are_added_to_kept_distributions(tmp_path: Path):
    course = toy_course(tmp_path)
    few = calibrate(course, "toy", runs=(12, 12, 1))
    more = calibrate(course, "toy", runs=(30, 12, 1), keep=few)
    assert more == calibrate(course, "toy", runs=(30, 12, 1))
    assert by_name(more)["it_learns"].values["solution"][:12] == by_name(few)["it_learns"].values["solution"]


def test_what_was_done_before_an_interruption_is_saved(tmp_path: Path):
    course = toy_course(tmp_path)
    parts: list[Calibration] = []
    whole = calibrate(course, "toy", runs=(60, 12, 1), processes=1, save=parts.append)
    assert [len(by_name(part)["it_learns"].values.get("solution", [])) for part in parts] == [
        25,
        50,
        60,
        60,
        60,
    ]
    assert calibrate(course, "toy", runs=(60, 12, 1), keep=parts[1]) == whole


def test_a_changed_degenerate_answer_is_run_again(tmp_path: Path):
    found = calibrate(toy_course(tmp_path), "toy", runs=(12, 12, 1))
    (other := tmp_path / "other").mkdir()
    changed = toy_course(other, degenerate={"constant": CONSTANT.replace("return 0.3", "return 0.2")})
    again = calibrate(changed, "toy", runs=(12, 12, 1), keep=found)
    assert by_name(again)["it_learns"].values["degenerate_constant"] == [0.2] * 12


def test_a_threshold_that_was_moved_keeps_its_distribution(tmp_path: Path):
    found = calibrate(toy_course(tmp_path), "toy", runs=(12, 12, 1))
    (other := tmp_path / "other").mkdir()
    moved = toy_course(other, learns=LEARNS.replace('train(2.0), 0.7, "', 'train(2.0), 0.65, "'))
    lines: list[str] = []
    again = calibrate(moved, "toy", runs=(12, 12, 1), keep=found, report=lines.append)
    assert lines == []
    assert by_name(again)["it_learns"].value == 0.65
    assert by_name(again)["it_learns"].values == by_name(found)["it_learns"].values


def test_a_claim_that_was_changed_is_run_again(tmp_path: Path):
    found = calibrate(toy_course(tmp_path), "toy", runs=(12, 12, 1))
    (other := tmp_path / "other").mkdir()
    changed = toy_course(other, learns=LEARNS.replace("train(2.0)", "train(1.5)"))
    again = calibrate(changed, "toy", runs=(12, 12, 1), keep=found)
    assert by_name(again)["it_learns"].values["solution"] != by_name(found)["it_learns"].values["solution"]


def test_a_solution_that_fails_a_claim_cannot_be_calibrated(tmp_path: Path):
    course = toy_course(tmp_path, train=TRAIN.replace("return share(level)", "return np.array(share(level))"))
    with pytest.raises(AssayError, match="The solution fails the claim it_is_a_number"):
        calibrate(course, "toy")


def test_a_solution_below_its_own_threshold_cannot_be_calibrated(tmp_path: Path):
    course = toy_course(tmp_path, learns=LEARNS.replace("train(2.0), 0.7", "train(2.0), 0.99"))
    with pytest.raises(AssayError, match="The solution fails it_learns with the notebook's own seeds"):
        calibrate(course, "toy")


def test_a_degenerate_answer_that_names_an_unknown_claim_is_refused(tmp_path: Path):
    with pytest.raises(AssayError, match=r"degenerate_stuck.py is to be caught by \['it_learns:1x'\]"):
        calibrate(toy_course(tmp_path, degenerate={"stuck": STUCK}), "toy")


def test_a_notebook_without_thresholds_needs_no_calibration(tmp_path: Path, capsys: pytest.CaptureFixture):
    course = toy_course(tmp_path, learns=PLAIN)
    assert command(course, "toy") == 0
    assert "no claim compares with a threshold" in capsys.readouterr().out
    assert not stored_path(course, "toy").exists()


def test_the_check_is_content_with_the_notebook_that_was_calibrated(
    tmp_path: Path, capsys: pytest.CaptureFixture
):
    course = toy_course(
        tmp_path,
        learns=LEARNS.replace(
            '    margins.at_most(train(-2.0), 0.4, "accuracy of what was forgotten")\n', ""
        ),
    )
    command(course, "toy")
    assert command(course, "toy", "--check") == 0
    assert "toy: as calibrated" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "train(2.0), 0.7",
            "train(2.0), 0.72",
            "it_learns compares with at least 0.72 in the notebook, and was calibrated for at least 0.7",
        ),
        ("train(2.0), 0.7", "train(2.1), 0.7", "it_learns is not the claim any more that was calibrated"),
        ("it_learns_little", "it_learns_more", "it_learns_more was never calibrated"),
        ("it_learns_little", "it_learns_more", "it_learns_little is stored, and not in the notebook"),
        (
            "    margins.at_most(train(-2.0), 0.4",
            "    margins.at_least(train(2.0), 0.4",
            "compares with at least 0.4 in the notebook",
        ),
    ],
)
def test_a_notebook_that_is_not_the_calibrated_one_is_told_apart(
    tmp_path: Path, old: str, new: str, sentence: str
):
    stored = thresholds_now(toy_course(tmp_path), "toy")
    (other := tmp_path / "other").mkdir()
    now = thresholds_now(toy_course(other, learns=LEARNS.replace(old, new)), "toy")
    assert differences(stored, stored) == []
    assert any(sentence in line for line in differences(stored, now))


def test_the_order_of_thresholds_is_compared(tmp_path: Path):
    stored = thresholds_now(toy_course(tmp_path), "toy")
    assert differences(stored, stored[::-1]) == ["The thresholds stand in another order in the notebook."]


def test_the_digest_of_a_claim_is_that_of_its_code_alone():
    source = '@claim\ndef it():\n    """One."""\n    # a comment\n    at_least(f(1), 0.5, "x")\n    converges(m, at_most=0.25, epochs=1)\n'
    other = '@claim\ndef it():\n    """Another."""\n    at_least(f(1), 0.75, "x")\n\n    converges(m, at_most=0.3, epochs=1)\n'
    wrapped = source.replace(
        "converges(m, at_most=0.25, epochs=1)",
        "converges(\n        m, at_most=0.25,\n        epochs=1,\n    )",
    )
    assert claim_digest(source, "it") == claim_digest(other, "it") == claim_digest(wrapped, "it")
    assert claim_digest(source, "it") != claim_digest(source.replace("f(1)", "f(2)"), "it")
    assert claim_digest(source, "it") != claim_digest(source.replace("epochs=1", "epochs=2"), "it")


def judged(
    right: list[float | None], wrong: list[float | None], value: float = 0.5, **more: list[float | None]
) -> Calibration:
    """A calibration of one threshold with given distributions."""
    values = {"solution": right, "degenerate_it": wrong, **more}
    experiments = {name: About("", ("it",) if name == "degenerate_it" else (), (), "") for name in values}
    return Calibration("toy", {}, experiments, (Threshold("cell", "it", 0, "at least", value, "", values),))


def shares(mean: float, size: int, deviation: float = 0.1) -> list[float | None]:
    return list(1 / (1 + np.exp(-np.random.default_rng(size).normal(mean, deviation, size))))


def test_distributions_far_from_the_threshold_are_no_problem():
    assert problems(judged(shares(2, 100), shares(-2, 30))) == []


def test_a_right_answer_too_near_to_the_threshold_is_a_problem():
    (sentence,) = problems(judged(shares(2, 100), shares(-2, 30), value=0.85))
    assert "it fails a right answer with a probability of up to" in sentence


def test_a_wrong_answer_too_near_to_the_threshold_is_a_problem():
    (sentence,) = problems(judged(shares(2, 100), shares(-2, 30), value=0.13))
    assert "it passes degenerate_it with a probability of up to" in sentence


def test_too_few_runs_are_a_problem():
    found = problems(judged(shares(2, 99), shares(-2, 29)))
    assert len(found) == 2
    assert "99 runs of the solution" in found[0]
    assert "29 runs of degenerate_it" in found[1]


def test_a_right_answer_in_another_style_that_fails_is_a_problem():
    (sentence,) = problems(judged(shares(2, 100), shares(-2, 30), right_style=[0.9, 0.4, None]))
    assert "the right variant right_style fails it in 2 of 3 runs" in sentence


def test_a_wrong_answer_without_a_value_is_caught():
    assert problems(judged(shares(2, 100), [None] * 30)) == []


def test_the_value_suggested_lies_halfway_between_both_sides():
    found = judged([0.9, 0.8] * 50, [0.1, 0.2] * 15)
    assert middle(found, found.thresholds[0]) == pytest.approx(0.5)
    overlapping = judged([0.9, 0.3] * 50, [0.1, 0.4] * 15)
    assert middle(overlapping, overlapping.thresholds[0]) is None


def test_a_table_can_be_printed_of_any_distributions(capsys: pytest.CaptureFixture):
    print_table(judged(shares(2, 100), [None] * 30, right_style=[0.9, 0.4, None]))
    printed = capsys.readouterr().out
    assert "30 runs, no value in any" in printed
    assert "in other styles" in printed

"""A test cell means the same in two kernels as in one, and what goes wrong costs only itself: real kernels, one run."""

from __future__ import annotations

import os
from collections.abc import Mapping

import psutil
import pytest
from small_notebooks import answered, cell, notebook

import assay
from assay.kernels import Limits
from assay.two_kernels import RunLimits
from assay.verdict import Status, Verdicts

pytestmark = pytest.mark.slow

# Leftovers of this run, told from those of any other.
SLEEP = ["sleep", str(2_000_000 + os.getpid())]

SETUP = """
import random
import warnings
import numpy as np
from assay import checks
x_test = np.arange(4.0)
secret = 77345
course_table = {'rows': [1, 2]}
"""

#: What each pair is about: the name of the test, the answer, the test, and what must come of it.
PAIRS: dict[str, tuple[str, str, Status]] = {
    "plain_data": (
        "values = {'a': [1, (2, 3)], 'b': np.float32(1.5), 'c': {4}, 'd': 1 + 2j, 'e': b'x', 'f': float('nan')}",
        "assert values['a'] == [1, (2, 3)]\nassert type(values['b']) is np.float32\nassert values['c'] == {4}\n"
        "assert values['d'] == 1 + 2j and values['e'] == b'x' and np.isnan(values['f'])",
        Status.PASSED,
    ),
    "arrays": (
        "table = np.arange(6, dtype='>i2').reshape(2, 3)[:, ::-1]",
        "assert table.dtype == np.dtype('>i2') and table.tolist() == [[2, 1, 0], [5, 4, 3]]",
        Status.PASSED,
    ),
    "function_with_keywords": (
        "def power(base, *, exponent=2):\n    return base ** exponent",
        "assert power(3) == 9 and power(2, exponent=3) == 8\ntry:\n    power(1, 2)\n"
        "except TypeError:\n    pass\nelse:\n    raise AssertionError('keyword only')",
        Status.PASSED,
    ),
    "locked_names_are_the_courses": (
        "x_test = np.zeros(4)\nsecret = 0\ndef sum_of(values):\n    return values.sum()",
        "assert sum_of(x_test) == 6 and secret == 77345",
        Status.PASSED,
    ),
    "a_changed_argument_shows": (
        "def fill(values, rows):\n    values[0] = 9\n    rows.append(3)",
        "v, r = np.zeros(2), [1]\nfill(v, r)\nassert v[0] == 9 and r == [1, 3]",
        Status.PASSED,
    ),
    "data_of_the_course_may_be_changed_within_a_cell": (
        "def wipe(values, table):\n    values[:] = 0\n    table['rows'].clear()",
        "wipe(x_test, course_table)\nassert x_test.sum() == 0 and course_table == {'rows': []}",
        Status.PASSED,
    ),
    "data_of_the_course_is_whole_again_in_the_next_cell": (
        "wiped = True",
        "assert wiped and x_test.sum() == 6 and course_table == {'rows': [1, 2]}",
        Status.PASSED,
    ),
    "a_generator_moves_on": (
        "def draw(rng):\n    return rng.normal()",
        "rng, same = np.random.default_rng(1), np.random.default_rng(1)\n"
        "assert draw(rng) == same.normal() and rng.normal() == same.normal()",
        Status.PASSED,
    ),
    "functions_of_the_test_are_called_back": (
        "def twice(f, x):\n    return f(f(x))",
        "calls = []\ndef add(x):\n    calls.append(x)\n    return x + 1\nassert twice(add, 1) == 3 and calls == [1, 2]\n"
        "assert twice(lambda x: x * 2, 3) == 12",
        Status.PASSED,
    ),
    "an_exception_of_a_function_of_the_test_comes_back": (
        "def call(f):\n    return f()",
        "class Own(Exception):\n    pass\ndef bad():\n    raise Own('mine')\ntry:\n    call(bad)\n"
        "except Own as error:\n    assert str(error) == 'mine'\nelse:\n    raise AssertionError",
        Status.PASSED,
    ),
    "a_generator_is_gone_through": (
        "def count(n):\n    for i in range(n):\n        yield i",
        "assert list(count(3)) == [0, 1, 2]\nassert checks.items(count(2), 'count') == [0, 1]",
        Status.PASSED,
    ),
    "an_object_has_attributes": (
        "class Ball:\n    def __init__(self):\n        self.v = 1\n    def push(self, force):\n        self.v += force\n"
        "        return self\nball = Ball()",
        "assert ball.v == 1\nball.push(2)\nassert ball.v == 3\nassert Ball().push(5).v == 6",
        Status.PASSED,
    ),
    "an_exception_keeps_its_type": (
        "class TooBig(ValueError):\n    pass\ndef check(x):\n    if x > 1:\n        raise TooBig(f'{x} is too big')",
        "checks.raises(ValueError, check, 2, name='check(2)')\ntry:\n    check(5)\nexcept ValueError as error:\n"
        "    assert '5 is too big' in str(error) and type(error).__name__ == 'TooBig'",
        Status.PASSED,
    ),
    "seeds_of_the_test_are_the_students_too": (
        "def noise():\n    return np.random.rand(), random.random()",
        "np.random.seed(3)\nrandom.seed(4)\nfirst = noise()\nnp.random.seed(3)\nrandom.seed(4)\n"
        "assert first == noise()\nnp.random.seed(3)\nassert first[0] == np.random.rand()",
        Status.PASSED,
    ),
    "a_warning_costs_nothing": (
        "def warn():\n    warnings.warn('careful')\n    import sys\n    print('err', file=sys.stderr)\n    return 1",
        "assert warn() == 1",
        Status.PASSED,
    ),
    "the_last_value_earns_nothing": (
        "wrong = 1",
        "assert wrong == 2\nnp.float64(1.0)",
        Status.FAILED,
    ),
    "an_open_answer_is_not_answered": (
        "def later():\n    raise NotImplementedError",
        "later()",
        Status.NOT_ANSWERED,
    ),
    "equal_to_everything": (
        "class Same:\n    def __eq__(self, other):\n        return True\n    __hash__ = None\nanswer = Same()",
        "assert answer == 42",
        Status.FAILED,
    ),
    "an_endless_call_times_out": (
        "def forever():\n    while True:\n        pass",
        "forever()",
        Status.TIMED_OUT,
    ),
    "a_call_that_kills_its_kernel": (
        "import os\ndef die():\n    os._exit(0)",
        "die()",
        Status.DIED,
    ),
    "after_the_death_all_is_there": (
        "still = 5",
        "assert still == 5 and power(2) == 4",
        Status.PASSED,
    ),
    "a_stubborn_call_times_out": (
        "def stubborn():\n    while True:\n        try:\n            while True:\n                pass\n"
        "        except BaseException:\n            pass",
        "try:\n    stubborn()\nexcept Exception:\n    pass",
        Status.TIMED_OUT,
    ),
    "a_cyclic_answer_is_for_a_person": (
        "loop = []\nloop.append(loop)",
        "assert len(loop) == 1",
        Status.UNGRADABLE,
    ),
    "a_broken_test_is_the_graders_error": (
        "fine = 1",
        "import no_such_module\nassert fine == 1",
        Status.GRADER_ERROR,
    ),
    "a_test_that_does_not_parse_is_the_graders_error": ("good = 1", "assert good ==", Status.GRADER_ERROR),
    "a_name_that_nobody_asked_for_is_the_graders_error": (
        "okay = 1",
        "assert okay == misspelt",
        Status.GRADER_ERROR,
    ),
    "a_missing_answer_fails": ("", "assert not_there == 1", Status.FAILED),
    "part_of_the_points": (
        "half = 1",
        "checks.award(0.25, 'there')\nchecks.award(0.25, 'a number')\nassert half == 2",
        Status.PARTLY,
    ),
    "a_number_in_the_last_line_is_the_points": ("third = 1", "assert third == 1\n0.5", Status.PARTLY),
    "a_number_of_numpys_in_the_last_line_is_the_points": ("fourth = 1", "np.float32(0.5)", Status.PARTLY),
    "nothing_in_the_last_line_is_nothing": ("fifth = 1", "0", Status.FAILED),
    "all_points_in_the_last_line": ("sixth = 1", "1", Status.PASSED),
    "a_word_in_the_last_line_is_no_number": ("seventh = 1", "'0'", Status.PASSED),
    "no_and_nothing_in_the_last_line_are_no_numbers": ("eighth = 1", "eighth == 1", Status.PASSED),
    "more_than_the_points_is_the_graders_error": ("ninth = 1", "1.01", Status.GRADER_ERROR),
    "less_than_nothing_is_the_graders_error": ("tenth = 1", "-1", Status.GRADER_ERROR),
    "no_number_is_the_graders_error": ("eleventh = 1", "float('nan')", Status.GRADER_ERROR),
    "a_huge_number_is_the_graders_error": ("twelfth = 1", "10**400", Status.GRADER_ERROR),
    "a_number_that_an_answer_makes_up_is_none": (
        "class Full(float):\n    def __float__(self):\n        return 1.0\nmade_up = Full(1.0)",
        "made_up",
        Status.PASSED,
    ),
    "an_award_comes_before_the_last_line": ("thirteenth = 1", "checks.award(0.5, 'half')\n1", Status.PARTLY),
    "a_deleted_name_is_gone_for_the_answer_too": (
        "def helper(x):\n    return [x]\ndef user(x):\n    return sum(helper(x))",
        "kept = helper\ndel helper\ntry:\n    user(1)\nexcept NameError as error:\n    assert 'helper' in str(error)\n"
        "else:\n    raise AssertionError\nfinally:\n    helper = kept\nassert user(1) == 1",
        Status.PASSED,
    ),
    "what_does_without_the_deleted_name_is_found_out": (
        "def idle(x):\n    return x\ndef alone(x):\n    return x",
        "kept = idle\ndel idle\ntry:\n    alone(1)\nexcept NameError:\n    pass\nelse:\n    raise AssertionError",
        Status.FAILED,
    ),
    "a_name_that_a_test_did_not_put_back_is_there_again": ("", "assert idle(2) == 2", Status.PASSED),
    "a_function_in_the_place_of_a_name_is_called_by_the_answer": (
        "def step(x):\n    return x + 1\ndef walk(x):\n    return step(step(x))",
        "own = step\nseen = []\ndef step(x):\n    seen.append(x)\n    return own(x)\n"
        "assert walk(1) == 3 and seen == [1, 2]\nstep = own\nassert walk(1) == 3 and seen == [1, 2]",
        Status.PASSED,
    ),
    "a_name_that_was_replaced_and_put_back_is_the_students": ("", "assert step(1) == 2", Status.PASSED),
    "a_mock_stands_in_for_a_name": (
        "def load(n):\n    return [n]\ndef size(n):\n    return len(load(n))",
        "from unittest.mock import patch\nwith patch('__main__.load', return_value=[1, 2]) as fake:\n"
        "    assert size(7) == 2\nfake.assert_called_once_with(7)\nassert size(7) == 1",
        Status.PASSED,
    ),
    "data_of_an_answer_may_be_worked_on": (
        "rows = [1, 2]\ndef own():\n    return rows",
        "rows = len\nassert rows([1]) == 1 and own() == [1, 2]",
        Status.PASSED,
    ),
    "data_in_the_place_of_a_name_stays_with_the_test": (
        "factor = 2\ndef times(x):\n    return factor * x",
        "factor = 77345\nassert times(2) == 4",
        Status.PASSED,
    ),
    "an_award_is_bounded": ("much = 1", "checks.award(5, 'generous')", Status.PASSED),
}
#: Names that the master's own answers bind although the submission does not.
MASTER_ANSWERS = {
    "a_missing_answer_fails": "not_there = 1",
    "locked_names_are_the_courses": "def sum_of(values):\n    return values.sum()",
}
EXTRA = {
    "leaves_a_process": f"import subprocess\nsubprocess.Popen({SLEEP})",
    "prints_a_lot": "print('#' * 3_000_000)",
    "leaves": "exit()",
}


@pytest.fixture(scope="module")
def verdicts() -> Verdicts:
    cells = [cell("locked", "setup", SETUP)]
    for name, (answer, test, _) in PAIRS.items():
        cells.append(cell("solution", f"{name}_answer", MASTER_ANSWERS.get(name, answer)))
        cells.append(cell("test", name, test))
    master = notebook(*cells)
    answers = {f"{name}_answer": PAIRS[name][0] for name in MASTER_ANSWERS}
    submission = answered(master, answers)
    submission.cells[1:1] = [cell("free", name, source) for name, source in EXTRA.items()]
    limits = RunLimits(cell_seconds=3, grace_seconds=1, kernel=Limits(processes=128))
    return assay.grade_notebook(master, submission, limits=limits)


@pytest.mark.parametrize("name", PAIRS)
def test_verdict(verdicts: Verdicts, name: str):
    verdict = verdicts[name]
    assert verdict.status is PAIRS[name][2], verdict.message


def test_points_follow_from_the_status(verdicts: Verdicts):
    expected: Mapping[Status, float | None] = {
        Status.PASSED: 1,
        Status.PARTLY: 0.5,
        Status.GRADER_ERROR: None,
        Status.UNGRADABLE: None,
    }
    assert {verdict.grade_id: verdict.points for verdict in verdicts.verdicts} == {
        name: expected.get(status, 0) for name, (_, _, status) in PAIRS.items()
    }


def test_awards_are_noted_with_their_reasons(verdicts: Verdicts):
    assert verdicts["part_of_the_points"].awards == ((0.25, "there"), (0.25, "a number"))


def test_what_went_wrong_is_said(verdicts: Verdicts):
    assert any("ended its kernel" in sentence for sentence in verdicts.incidents)
    assert "3 s" in verdicts["an_endless_call_times_out"].message
    assert "no_such_module" in verdicts["a_broken_test_is_the_graders_error"].message
    assert "itself" in verdicts["a_cyclic_answer_is_for_a_person"].message


def test_no_process_is_left(verdicts: Verdicts):
    left = [process for process in psutil.process_iter(["cmdline"]) if process.info["cmdline"] == SLEEP]
    assert [process for process in left if process.status() != psutil.STATUS_ZOMBIE] == []


def test_how_the_kernels_were_isolated_is_said(verdicts: Verdicts):
    assert verdicts.isolation

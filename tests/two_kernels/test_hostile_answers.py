"""Answers that are no plain data satisfy none of the tests that authors usually write: real kernels, one run."""

from __future__ import annotations

import pytest
from small_notebooks import answered, cell, notebook

import assay
from assay.kernels import Limits
from assay.two_kernels import RunLimits
from assay.verdict import Verdicts

pytestmark = pytest.mark.slow

SETUP = """
import itertools
import numpy as np
from math import *
class Box:
    pass
box = Box()
box.x = np.arange(4.0)
"""
NOTHING = "class Nothing:\n    def __sub__(self, other):\n        return Nothing()\n    __rsub__ = __pow__ = __sub__\n"

#: The test, an honest answer and one that must not earn its point.
HOSTILE: dict[str, tuple[str, str, str]] = {
    "a_name_that_a_locked_cell_has_imported_with_a_star": (
        "assert isclose(square(3), 9)",
        "def square(x):\n    return x * x",
        "def square(x):\n    return 0\ndef isclose(*arguments):\n    return True",
    ),
    "a_name_that_a_function_of_the_test_deletes": (
        "def local():\n    itertools = 1\n    del itertools\nassert k == 1 and hasattr(itertools, 'chain')",
        "k = 1",
        "k = 2\nclass itertools:\n    chain = 1",
    ),
    "a_stopped_map": (
        "assert all(map(lambda x: twice(x) == 2 * x, [1, 2]))",
        "def twice(x):\n    return 2 * x",
        "def twice(x):\n    raise StopIteration",
    ),
    "a_length_without_items": (
        "pair = both(3)\nassert len(pair) == 2 and all(a == b for a, b in zip(pair, [3, 3]))",
        "def both(x):\n    return [x, x]",
        "class Both:\n    def __len__(self):\n        return 2\n    def __iter__(self):\n        return iter([])\n"
        "def both(x):\n    return Both()",
    ),
    "a_number_for_each_half_of_a_comparison": (
        "value = scaled(1)\nassert value > 2.4 and value < 2.6",
        "def scaled(x):\n    return 2.5 * x",
        "class Moving:\n    n = 0\n    def __float__(self):\n        Moving.n += 1\n"
        "        return 1e9 if Moving.n % 2 else -1e9\ndef scaled(x):\n    return Moving()",
    ),
    "an_empty_array_for_a_number": (
        "np.testing.assert_allclose(number(2.0), 5.0)",
        "def number(x):\n    return 2.5 * x",
        "def number(x):\n    return np.array([])",
    ),
    "an_empty_array_that_is_broadcast": (
        "assert np.allclose(wide(np.arange(3.0)), 2.5 * np.arange(3.0))",
        "def wide(x):\n    return 2.5 * x",
        "def wide(x):\n    return np.zeros((0, 1))",
    ),
    "a_mean_of_its_own": (
        "assert np.mean((error(np.arange(3.0)) - 2.5 * np.arange(3.0)) ** 2) < 1e-6",
        "def error(x):\n    return 2.5 * x",
        NOTHING
        + "    def mean(self, *arguments, **keywords):\n        return 0.0\ndef error(x):\n    return Nothing()",
    ),
    "a_square_root_of_its_own": (
        "assert np.sqrt((single(3) - 5.0) ** 2) < 1e-9",
        "def single(x):\n    return 5.0",
        NOTHING + "    def sqrt(self):\n        return 0.0\ndef single(x):\n    return Nothing()",
    ),
    "differences_that_are_gone_through": (
        "assert all(abs(d) < 1e-9 for d in steps(np.arange(3.0)) - 2.5 * np.arange(3.0))",
        "def steps(x):\n    return 2.5 * x",
        NOTHING + "    def __iter__(self):\n        return iter([0.0])\ndef steps(x):\n    return Nothing()",
    ),
    "sums_of_differences": (
        "assert np.sum((2.5 * np.arange(3.0) - added(np.arange(3.0))) ** 2) < 1e-6",
        "def added(x):\n    return 2.5 * x",
        NOTHING + "    n = 0\n    def __add__(self, other):\n        Nothing.n += 1\n"
        "        return Nothing() if Nothing.n < 2 else 0.0\ndef added(x):\n    return Nothing()",
    ),
    "a_shape_of_its_own": (
        "got = shaped(np.arange(3.0))\nassert got.shape == (3,) and np.allclose(got, 2.5 * np.arange(3.0))",
        "def shaped(x):\n    return 2.5 * x",
        "class Shaped:\n    shape = (3,)\n    def __array__(self, dtype=None, copy=None):\n        return np.zeros((0, 1))\n"
        "def shaped(x):\n    return Shaped()",
    ),
}
#: What honest answers do with objects of their own, which has to go on working.
HONEST = {
    "vector": (
        "assert abs(V(-3)) == 3 and (V(2) * 3).x == 6 and list(V(2) * 3) == [6]",
        "class V:\n    def __init__(self, x):\n        self.x = x\n    def __abs__(self):\n        return abs(self.x)\n"
        "    def __mul__(self, k):\n        return V(self.x * k)\n    def __iter__(self):\n        return iter([self.x])",
    ),
    "queue": (
        "q = Q()\nassert not q and len(q) == 0\nput = q.put\nput(1)\nput(2)\nassert q and len(q) == 2 and list(q) == [1, 2]\n"
        "put(3)\nassert [x for x in q] == [1, 2, 3]\nassert len(whole) == 0\nfill(4)\nassert len(whole) == 1",
        "class Q:\n    def __init__(self):\n        self.items = []\n    def put(self, x):\n        self.items.append(x)\n"
        "    def __len__(self):\n        return len(self.items)\n    def __iter__(self):\n        return iter(self.items)\n"
        "whole = Q()\ndef fill(x):\n    whole.put(x)",
    ),
    "changes_an_array_in_an_object": (
        "wipe(box.x)\nassert box.x.sum() == 0",
        "def wipe(x):\n    x[:] = 0",
    ),
    "finds_it_whole_again": ("assert wiped and box.x.sum() == 6", "wiped = True"),
}


@pytest.fixture(scope="module")
def verdicts() -> tuple[Verdicts, Verdicts]:
    cells = [cell("locked", "setup", SETUP)]
    for name, (test, answer, *_) in {**HOSTILE, **HONEST}.items():
        cells += [cell("solution", f"{name}_answer", answer), cell("test", name, test)]
    master = notebook(*cells)
    limits = RunLimits(cell_seconds=4, grace_seconds=1, kernel=Limits(processes=128))
    hostile = {f"{name}_answer": wrong for name, (_, _, wrong) in HOSTILE.items()}
    return (
        assay.grade_notebook(master, answered(master, {}), limits=limits),
        assay.grade_notebook(master, answered(master, hostile), limits=limits),
    )


@pytest.mark.parametrize("name", [*HOSTILE, *HONEST])
def test_an_honest_answer_earns_its_point(verdicts: tuple[Verdicts, Verdicts], name: str):
    assert verdicts[0][name].points == 1, verdicts[0][name].message


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_answer_earns_nothing(verdicts: tuple[Verdicts, Verdicts], name: str):
    assert not verdicts[1][name].points

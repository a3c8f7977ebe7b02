"""Kernels that are forks of warm processes: the same verdicts, what was given and nothing else is there, and a loss is no student's."""

from __future__ import annotations

import os
import signal

import pytest
import small_notebooks as small

from assay.errors import AssayError
from assay.kernels import choose, warm
from assay.two_kernels import run_in_two_kernels, warm_modules
from assay.verdict import Status

pytestmark = pytest.mark.slow

MASTER = small.notebook(
    small.cell("locked", "setup", "import json\nimport random\nimport sys\n\nimport numpy as np"),
    small.cell(
        "free", "look", "there = sorted({'colorsys', 'sched', 'sndhdr', 'mailcap'} & set(sys.modules))"
    ),
    small.cell("solution", "double", "import colorsys\n\n\ndef double(x):\n    return 2 * x"),
    small.cell("test", "doubles", "import sched\n\nassert double(2) == 4 and double(np.ones(2)).sum() == 4"),
    small.cell("solution", "draw", "drawn = (random.random(), np.random.rand(), there)"),
    small.cell(
        "test",
        "draws",
        "assert 'sched' in sys.modules\nassert not drawn[2], drawn\nraise ValueError(drawn[:2])",
    ),
)


@pytest.fixture(autouse=True, scope="module")
def tier():
    found = choose()
    if not warm.can_fork(found):
        pytest.skip("no process can be forked into namespaces of its own here")
    yield found
    warm.close_warm_processes()


def graded(progress=None, **options):
    submission = small.answered(MASTER, {})
    return run_in_two_kernels(submission, MASTER, warm=(), progress=progress, **options)


def test_modules_are_imported_as_far_as_the_student_was_given_them():
    student, grader = warm_modules(MASTER, ("wave",))
    assert student == ("json", "random", "sys", "numpy", "wave")
    assert set(grader) == {*student, "sched"}


def test_a_name_from_a_package_may_be_a_module_of_it_and_what_cannot_be_read_imports_nothing():
    master = small.notebook(
        small.cell(
            "locked",
            "a",
            "from xml import dom, nothing\nfrom os.path import *\nfrom . import b\nimport a.b as c",
        ),
        small.cell("locked", "b", "import ("),
    )
    assert warm_modules(master)[0] == ("xml", "xml.dom", "xml.nothing", "os.path", "a.b")


def test_verdicts_are_those_of_other_kernels_and_no_two_forks_draw_the_same():
    drawn = set()
    processes = set()
    for _ in range(3):
        run = graded()
        first, second = run.verdicts
        assert first.status is Status.PASSED, first.message
        assert second.message.startswith("ValueError: ("), second.message
        drawn.update(second.message.removeprefix("ValueError: (").rstrip(")").split(", "))
        processes.add(tuple(kept.launch.process.pid for kept in warm._WARM.values()))
        assert run.incidents == ()
    assert len(drawn) == 6
    assert len(processes) == 1


def test_a_warm_process_that_was_lost_costs_a_second_run_and_no_marks():
    lost = warm.losses()
    left = [1]

    def lose_one(done, total):
        if done == 2 and left:
            left.pop()
            kill("student")

    run = graded(lose_one)
    assert run.verdicts[0].status is Status.PASSED
    assert warm.losses() == lost + 1
    assert graded().verdicts[0].status is Status.PASSED


def test_a_submission_that_loses_a_warm_process_each_time_is_left_to_a_person():
    def lose_one(done, total):
        if done == 2:
            kill("grader")

    with pytest.raises(AssayError, match="ended each time while this submission was graded"):
        graded(lose_one)
    assert graded().verdicts[0].status is Status.PASSED


def test_a_kernel_that_the_submission_ends_is_the_submissions_own_fault():
    lost = warm.losses()
    submission = small.answered(MASTER, {"double": "def double(x):\n    import os\n    os.kill(0, 9)"})
    run = run_in_two_kernels(submission, MASTER, warm=())
    assert run.verdicts[0].status is Status.DIED
    assert warm.losses() == lost


def kill(role):
    """End a warm process from outside, as a machine without memory does."""
    process = warm._WARM[os.getpid(), role].launch.process
    os.kill(process.pid, signal.SIGKILL)
    process.wait(10)

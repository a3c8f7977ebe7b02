"""A class on several hosts: namespaces of the network with a scheduler and workers in them, TLS on, and one of them lost."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from grading_course import TinyCourse
from hosts import Hosts, why_not
from test_workers import (
    SLOW,
    STUDENTS,
    WAIT_SECONDS,
    WRONG,
    complete,
    recorded,
    verdict_files,
    wait_for_marks,
)

from assay.engine import grade

REASON = why_not()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("workers"),
    pytest.mark.skipif(bool(REASON), reason=REASON),
]
#: Seconds after which a scheduler gives a worker up that says nothing.
SILENCE = {"DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "6s"}


@pytest.fixture
def hosts(tmp_path: Path) -> Iterator[Hosts]:
    with Hosts(tmp_path, 4) as hosts:
        hosts.start_scheduler(**SILENCE)
        yield hosts


@pytest.fixture
def tiny(tmp_path: Path) -> TinyCourse:
    tiny = TinyCourse(tmp_path / "course", seconds=10)
    for number, student in enumerate(STUDENTS):
        tiny.submit(student, {"triple": SLOW, **({"double": WRONG} if number % 2 else {})})
    return tiny


def started(hosts: Hosts, tiny: TinyCourse) -> subprocess.Popen:
    """``assay grade`` on the last host."""
    words = ["grade", "--no-feedback", "--course", str(tiny.root), "--scheduler", hosts.scheduler]
    command = hosts.command(hosts.number - 1, sys.executable, "-m", "assay.cli", *words)
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=hosts.environment
    )


def test_a_worker_is_cut_off_and_the_verdicts_are_the_same(hosts: Hosts, tiny: TinyCourse, tmp_path: Path):
    hosts.start_worker(1)
    hosts.start_worker(2)
    run = started(hosts, tiny)
    wait_for_marks(tiny, 1)
    hosts.cut_off(1)
    printed, _ = run.communicate(timeout=2 * WAIT_SECONDS)
    assert run.returncode == 0, printed
    assert len(recorded(tiny)) == len(STUDENTS)
    alone = tiny.copy_to(tmp_path / "alone")
    grade(alone.course, alone.name, feedback=False)
    assert verdict_files(tiny) == verdict_files(alone)
    # It was not only the other one that worked.
    assert "Compute Failed" not in hosts.log("worker1")
    assert "Remove worker" in hosts.log("scheduler")


def test_a_scheduler_is_lost_and_the_rest_is_graded_later(hosts: Hosts, tiny: TinyCourse):
    hosts.start_worker(1)
    run = started(hosts, tiny)
    wait_for_marks(tiny, 1)
    hosts.end("scheduler")
    printed, _ = run.communicate(timeout=2 * WAIT_SECONDS)
    assert run.returncode == 1
    assert "was lost: what was graded before is kept" in printed
    assert "Traceback" not in printed
    kept = recorded(tiny)
    assert 1 <= len(kept) < len(STUDENTS)
    assert complete(tiny)

    hosts.end("worker1")
    hosts.start_scheduler(**SILENCE)
    hosts.start_worker(2)
    again = started(hosts, tiny)
    printed, _ = again.communicate(timeout=2 * WAIT_SECONDS)
    assert again.returncode == 0, printed
    assert len(recorded(tiny)) == len(STUDENTS)
    assert f"{len(kept)} unchanged since they were graded" in printed

"""A class on several workers: the same marks, whoever grades and whatever is lost on the way."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread
from time import monotonic, sleep

import psutil
import pytest
from grading_course import TinyCourse

from assay.cluster import Alone, Order, Workers, workers_here
from assay.desk import Desk
from assay.engine import grade
from assay.errors import AssayError

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("workers")]

STUDENTS = ["ada", "bob", "cleo", "dan"]
#: An answer whose tests take some seconds: long enough to be interrupted.
SLOW = "import time\ndef triple(x):\n    time.sleep(1.0)\n    return 3 * x"
WRONG = "def double(x):\n    return x"
WAIT_SECONDS = 120.0


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> TinyCourse:
    tiny = TinyCourse(tmp_path_factory.mktemp("workers") / "course", seconds=10)
    for number, student in enumerate(STUDENTS):
        tiny.submit(student, {"triple": SLOW, **({"double": WRONG} if number % 2 else {})})
    return tiny


@pytest.fixture(scope="module")
def verdicts(tiny: TinyCourse) -> dict[str, bytes]:
    """What grading in one process writes."""
    grade(tiny.course, tiny.name, feedback=False)
    return verdict_files(tiny)


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with workers_here(2) as workers:
        yield workers


@pytest.fixture
def fresh(tiny: TinyCourse, tmp_path: Path) -> TinyCourse:
    """The same course with nothing graded."""
    return tiny.copy_to(tmp_path / "course")


def order(desk: Desk, student: str) -> Order:
    read = desk.order(student)
    assert isinstance(read, Order), read
    return read


def verdict_files(tiny: TinyCourse) -> dict[str, bytes]:
    return {
        path.name: path.read_bytes() for path in (tiny.root / "reports" / "verdicts" / tiny.name).glob("*")
    }


def started(tiny: TinyCourse, *options: str) -> subprocess.Popen:
    """``assay grade`` on its way."""
    command = [
        sys.executable,
        "-m",
        "assay.cli",
        "grade",
        "--no-feedback",
        "--course",
        str(tiny.root),
        *options,
    ]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # Whoever runs the tests in the background has the interrupt ignored, and hands that on.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def recorded(tiny: TinyCourse) -> dict[str, float]:
    """Points of who stands in the gradebook with marks."""
    path = tiny.root / "gradebook.db"
    if not path.is_file():
        return {}
    with suppress(sqlite3.OperationalError), sqlite3.connect(f"file:{path}?mode=ro", uri=True) as book:
        rows = book.execute(
            "select submitted_assignment.student_id, sum(grade.auto_score) from grade"
            " join submitted_notebook on grade.notebook_id = submitted_notebook.id"
            " join submitted_assignment on submitted_notebook.assignment_id = submitted_assignment.id"
            " where grade.auto_score is not null group by 1"
        )
        return dict(rows.fetchall())
    return {}


def wait_for_marks(tiny: TinyCourse, number: int) -> None:
    deadline = monotonic() + WAIT_SECONDS
    while len(recorded(tiny)) < number:
        assert monotonic() < deadline
        sleep(0.05)


def complete(tiny: TinyCourse) -> bool:
    """Whether nobody has the marks of some cells and not of the others."""
    right, wrong = 6.0, 3.0 - 0.0
    return all(points in (right, wrong) for points in recorded(tiny).values())


def test_two_workers_write_the_same_verdicts(fresh: TinyCourse, verdicts: dict[str, bytes]):
    seen: list[int] = []
    results = grade(
        fresh.course, fresh.name, workers=2, feedback=False, progress=lambda now, *_: seen.append(len(now))
    )
    assert all(result.graded for result in results)
    assert [result.student for result in results] == STUDENTS
    assert verdict_files(fresh) == verdicts
    assert len(verdicts) == len(STUDENTS)
    assert max(seen) == 2


def test_grading_again_writes_the_same_verdicts(tiny: TinyCourse, verdicts: dict[str, bytes]):
    for path in (tiny.root / "reports").rglob("*.json"):
        path.unlink()
    assert all(result.graded for result in grade(tiny.course, tiny.name, force=True, feedback=False))
    assert verdict_files(tiny) == verdicts


def test_an_unchanged_submission_is_not_run_again(tiny: TinyCourse, verdicts: dict[str, bytes]):
    assert not any(result.graded for result in grade(tiny.course, tiny.name, workers=2, feedback=False))


@pytest.mark.parametrize("times", [1, 2])
def test_a_worker_that_dies_costs_nothing_the_first_time(fresh: TinyCourse, workers: Workers, times: int):
    desk = Desk(fresh.course, fresh.name)
    orders = [order(desk, student) for student in STUDENTS[:3]]
    killer = Thread(target=kill_workers, args=(workers, "-1", times), daemon=True)
    killer.start()
    outcomes = {
        order.student: outcome for order, outcome in workers.run(desk.course_side(), orders, lambda now: None)
    }
    killer.join(WAIT_SECONDS)
    assert not killer.is_alive()
    failed = {student for student, outcome in outcomes.items() if outcome.failure}
    assert len(outcomes) == 3
    if times == 1:
        assert failed == set()
    else:
        assert failed == {"ada"}
        assert outcomes["ada"].failure.startswith("grader error: every process that graded it was lost")


def kill_workers(workers: Workers, ending: str, times: int) -> None:
    """Kill the worker that runs a submission, as often as asked for."""
    for _ in range(times):
        deadline = monotonic() + WAIT_SECONDS
        while monotonic() < deadline:
            running = {
                address: keys
                for address, keys in workers.client.processing().items()
                if any(k.endswith(ending) for k in keys)
            }
            with suppress(Exception):
                for pid in workers.client.run(os.getpid, workers=list(running)).values():
                    # It has begun, and would be there again at once if it had only been sent.
                    sleep(0.5)
                    os.kill(pid, signal.SIGKILL)
                if running:
                    while address_of(workers) & set(running):
                        sleep(0.05)
                    break
            sleep(0.05)


def address_of(workers: Workers) -> set[str]:
    return set(workers.client.nthreads())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_run_keeps_what_it_has_and_goes_on_from_there(
    fresh: TinyCourse, verdicts: dict[str, bytes], number: signal.Signals
):
    run = started(fresh, "--workers", "2")
    wait_for_marks(fresh, 1)
    below = psutil.Process(run.pid).children(recursive=True)
    run.send_signal(number)
    printed, _ = run.communicate(timeout=WAIT_SECONDS)
    assert run.returncode == (130 if number is signal.SIGINT else -signal.SIGKILL)
    if number is signal.SIGINT:
        assert printed.splitlines()[-1] == "assay: interrupted; what was finished before is kept."
        assert "Traceback" not in printed
    kept = recorded(fresh)
    assert 1 <= len(kept) < len(STUDENTS)
    assert complete(fresh)
    _, left = psutil.wait_procs(below, timeout=30)
    assert left == []

    results = grade(fresh.course, fresh.name, feedback=False)
    assert sum(not result.graded for result in results) >= len(kept) - 1
    assert verdict_files(fresh) == verdicts


DIES_WHILE_IT_RECORDS = """
import os, sys
from assay import gradebook
from assay.course import Course
from assay.engine import grade
usual, calls = gradebook.SaveVerdicts._add_score, []
def add_score(self, cell, resources):
    usual(self, cell, resources)
    calls.append(cell)
    # The second of three test cells of the second submission.
    if len(calls) == 6:
        os.kill(os.getpid(), 9)
gradebook.SaveVerdicts._add_score = add_score
grade(Course.at(sys.argv[1]), "tiny", feedback=False, force=len(sys.argv) > 2)
"""


@pytest.mark.parametrize("force", [False, True])
def test_nothing_is_half_recorded(fresh: TinyCourse, verdicts: dict[str, bytes], force: bool):
    if force:
        fresh.submit("bob", {"triple": SLOW})
        grade(fresh.course, fresh.name, feedback=False)
        before = recorded(fresh)
        fresh.submit("bob", {"triple": "def triple(x):\n    return x"})
    command = [sys.executable, "-c", DIES_WHILE_IT_RECORDS, str(fresh.root), *(["force"] if force else [])]
    assert subprocess.run(command, check=False, capture_output=True).returncode == -signal.SIGKILL
    if force:
        assert recorded(fresh) == before
    else:
        assert set(recorded(fresh)) == {"ada"}
    fresh.submit("bob", {"triple": SLOW, "double": WRONG})
    grade(fresh.course, fresh.name, feedback=False)
    assert verdict_files(fresh) == verdicts
    assert list((fresh.root / "autograded").glob(".assay-*")) == [fresh.root / "autograded" / ".assay-lock"]


def test_two_do_not_grade_at_the_same_time(fresh: TinyCourse):
    run = started(fresh, "--workers", "2")
    wait_for_marks(fresh, 1)
    try:
        with pytest.raises(AssayError, match="Another assay is grading in this course"):
            grade(fresh.course, fresh.name)
    finally:
        run.kill()
        run.communicate()


def test_a_worker_with_other_packages_is_refused(fresh: TinyCourse):
    desk = Desk(fresh.course, fresh.name)
    desk.record_master()
    digest = desk.digest("ada")
    ((read, outcome),) = Alone().run(desk.course_side(), [order(desk, "ada")], lambda now: None)
    other = {**outcome.versions, "nbgrader": "0.1"}
    with (
        pytest.raises(AssayError, match=r"other packages than this machine \(nbgrader 0.1 and not"),
        desk.at_work(),
    ):
        desk.record(read, type(outcome)(outcome.notebooks, versions=other), digest)
    assert recorded(fresh) == {}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--workers", "2", "--scheduler", "tls://127.0.0.1:1"], "name one of them"),
        (["--workers", "0"], "'0' is no number from 1 to 256"),
        (["--workers", "many"], "'many' is no number from 1 to 256"),
        (["--scheduler", "tcp://127.0.0.1:1"], "No Dask scheduler answers at tcp://127.0.0.1:1"),
        (
            ["--scheduler", "127.0.0.1:1"],
            "reads tls://host:port, or tcp://host:port without encryption, and not",
        ),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(tiny: TinyCourse, options: list[str], words: str):
    run = started(tiny, "--force", *options)
    printed, _ = run.communicate(timeout=WAIT_SECONDS)
    assert run.returncode in (1, 2)
    assert words in printed
    assert "Traceback" not in printed


def test_orders_are_taken_as_they_are_needed(workers: Workers, fresh: TinyCourse):
    desk = Desk(fresh.course, fresh.name)
    taken: list[str] = []

    def orders() -> Iterator[Order]:
        for student in STUDENTS:
            taken.append(student)
            yield order(desk, student)

    done = 0
    for _ in workers.run(desk.course_side(), orders(), lambda now: None):
        done += 1
        assert len(taken) <= done + 3
    assert done == len(STUDENTS)

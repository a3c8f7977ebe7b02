"""A class in which everything goes wrong, graded once: each submission costs only itself."""

from __future__ import annotations

import copy
import html
import json
import os
import re
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path

import nbformat
import psutil
import pytest
from feedback_scan import leaks, secrets_of, text_of_submission
from grading_course import HIDDEN_LINES, HIDDEN_SENTENCE, RUBRIC, TinyCourse, without
from nbgrader.api import Gradebook

from assay import engine
from assay.engine import Result, grade
from assay.report import write_reports
from assay.report_gather import gather
from assay.verdict import Status

pytestmark = pytest.mark.slow

SECONDS = 3
# Leftovers of this run, told from those of any other.
SLEEP = ["sleep", str(1_000_000 + os.getpid())]
GRADED = ["ada", "bob", "cleo", "dan", "eve", "fay", "hal", "ivy", "kim"]
FULL = {"double_doubles": 3, "double_of_nothing": 1, "triple_triples": 2, "why": None}

# Each hangs or dies at 0, so in the second test cell: what comes before and after is right.
ENDLESS_AND_WRONG = "def double(x):\n    while x == 0:\n        pass\n    return 5"
STUBBORN = """
def double(x):
    while x == 0:
        try:
            while True:
                pass
        except KeyboardInterrupt:
            pass
    return 2 * x
"""
DEADLY = f"""
import os, subprocess
def double(x):
    if x == 0:
        subprocess.Popen({SLEEP})
        os._exit(1)
    return 2 * x
"""
# One flood that ends, and one that does not.
FLOOD = """
print("#" * 5_000_000)
def double(x):
    while x == 0:
        print("#" * 100, flush=True)
    return 2 * x
"""
LEAVER = "def triple(x):\n    return 3 * x\nexit()"
# What a student's function sees of the hidden tests must not come back to the student by any way.
TELLTALE = """
seen = []
def double(x):
    seen.append(x)
    print("saw", x)
    open("saw.txt", "a").write(str(x))
    if x > 100:
        raise type(f"Saw{x}", (Exception,), {})(f"saw {x}")
    return 2 * x
"""
NARROW = "def double(x):\n    return 2 * x if x < 100 else 0"
LITTER = f"""
import subprocess, sys
def triple(x):
    print("care" + "ful", file=sys.stderr)
    subprocess.Popen({SLEEP})
    return 3 * x
"""


def twice(notebook: nbformat.NotebookNode) -> None:
    for place in (4, 3):
        second = copy.deepcopy(notebook.cells[place])
        second.id = f"copy-of-{place}"
        notebook.cells.insert(5, second)
    # The copy comes later and is wrong, but it is the first that counts as the answer's cell.
    assert notebook.cells[6].metadata.nbgrader.grade_id == "double_doubles"
    notebook.cells[6].source = "raise ValueError('the copy of a test is ordinary code')"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> TinyCourse:
    tiny = TinyCourse(tmp_path_factory.mktemp("class") / "course", seconds=SECONDS)
    tiny.submit("ada")
    tiny.submit("bob", {"double": ENDLESS_AND_WRONG})
    tiny.submit("cleo", {"double": STUBBORN})
    tiny.submit("dan", {"double": DEADLY})
    tiny.submit(
        "eve", {"double": NARROW}, change=without("imports", "double_doubles", "triple_triples", "why")
    )
    tiny.submit("fay", {"triple": LITTER}, change=twice)
    tiny.submit("gus").write_text('{"cells": [', encoding="utf-8")
    tiny.submit("hal", {"double": FLOOD})
    tiny.submit(
        "ivy",
        {
            "double": "def double(x):\n    raise NotImplementedError()",
            "triple": LEAVER,
            "why": "YOUR ANSWER HERE",
        },
    )
    tiny.submit(
        "kim", {"double": TELLTALE, "triple": "def triple(x):\n    print(seen)\n    return 3 * x\nseen"}
    )
    tiny.submitted("ned").parent.mkdir(parents=True)
    return tiny


@pytest.fixture(scope="module")
def progress() -> list[tuple[list[str], int, int]]:
    return []


@pytest.fixture(scope="module")
def results(tiny: TinyCourse, progress: list[tuple[list[str], int, int]]) -> dict[str, Result]:
    results = grade(
        tiny.course,
        tiny.name,
        progress=lambda running, done, total: progress.append((list(running), done, total)),
    )
    return {result.student: result for result in results}


def points(results: dict[str, Result], student: str) -> dict[str, float | None]:
    marks = results[student].marks
    assert marks is not None, results[student].failure
    return marks.points


def status(results: dict[str, Result], student: str, grade_id: str) -> Status:
    marks = results[student].marks
    assert marks is not None
    return next(verdict.status for verdict in marks.verdicts if verdict.grade_id == grade_id)


def text_of(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", page[page.index("<body") :]))


def test_a_right_answer_earns_every_machine_point_and_waits_for_a_person(results: dict[str, Result]) -> None:
    assert points(results, "ada") == FULL
    assert status(results, "ada", "why") is Status.WAITING
    assert results["ada"].notes == ()


@pytest.mark.parametrize(
    ("student", "expected"),
    [("bob", Status.TIMED_OUT), ("cleo", Status.TIMED_OUT), ("dan", Status.DIED), ("hal", Status.TIMED_OUT)],
)
def test_a_cell_that_hangs_or_kills_its_kernel_costs_only_itself(
    results: dict[str, Result], student: str, expected: Status
) -> None:
    first = 0 if student == "bob" else 3
    assert points(results, student) == {**FULL, "double_doubles": first, "double_of_nothing": 0}
    assert status(results, student, "double_of_nothing") is expected
    assert any(note.startswith("double_of_nothing: ") for note in results[student].notes)


def test_a_stuck_cell_costs_about_its_limit(results: dict[str, Result]) -> None:
    usual = results["ada"].seconds
    for student in ("bob", "cleo", "dan", "hal"):
        assert results[student].seconds < 2 * usual + SECONDS + 8, student


def test_a_flood_of_output_is_cut(results: dict[str, Result], tiny: TinyCourse) -> None:
    assert results["hal"].marks is not None
    assert tiny.autograded("hal").stat().st_size < 5_000_000
    assert "output was dropped" in tiny.autograded("hal").read_text()


def test_deleted_cells_go_back_and_a_deleted_written_answer_is_not_answered(
    results: dict[str, Result], tiny: TinyCourse
) -> None:
    # Her answer fails in the hidden part of a test that she deleted.
    assert points(results, "eve") == {**FULL, "double_doubles": 0, "why": 0}
    assert status(results, "eve", "why") is Status.NOT_ANSWERED
    assert "The cell double_doubles was missing; it was put back." in results["eve"].notes
    ids = [
        cell.metadata.get("nbgrader", {}).get("grade_id")
        for cell in nbformat.read(tiny.autograded("eve"), 4).cells
    ]
    assert ids.index("double_doubles") == ids.index("double") + 1


def test_a_copied_cell_is_ordinary_code(results: dict[str, Result]) -> None:
    assert points(results, "fay") == FULL
    assert "The cell double_doubles was there twice; the first one counts." in results["fay"].notes


def test_a_warning_on_stderr_costs_nothing_and_no_process_is_left(results: dict[str, Result]) -> None:
    assert points(results, "fay")["triple_triples"] == 2
    left = [process for process in psutil.process_iter(["cmdline"]) if process.info["cmdline"] == SLEEP]
    assert [process for process in left if process.status() != psutil.STATUS_ZOMBIE] == []


def test_what_cannot_be_read_costs_only_its_student(
    results: dict[str, Result], progress: list[tuple[list[str], int, int]]
) -> None:
    assert results["gus"].marks is None
    assert results["gus"].failure.startswith("unreadable: tiny.ipynb is not a notebook")
    assert results["ned"].failure == "unreadable: The submission holds no tiny.ipynb."
    assert len(results) == 11
    assert progress[0] == (["ada"], 0, 11)
    assert progress[-1] == ([], 11, 11)


def test_a_cell_that_leaves_its_kernel_costs_only_what_it_defined(results: dict[str, Result]) -> None:
    assert status(results, "ivy", "triple_triples") is Status.FAILED
    assert "The cell triple ended its kernel." in results["ivy"].notes


def test_an_open_answer_is_not_answered_rather_than_failed(results: dict[str, Result]) -> None:
    assert set(points(results, "ivy").values()) == {0}
    assert status(results, "ivy", "double_doubles") is Status.NOT_ANSWERED
    assert status(results, "ivy", "why") is Status.NOT_ANSWERED


def test_a_failed_test_tells_why(results: dict[str, Result]) -> None:
    marks = results["bob"].marks
    assert marks is not None
    assert marks.verdicts[0].status is Status.FAILED
    assert marks.verdicts[0].message == "Two becomes four.\ndouble(2): got 5, expected 4 (times two)"


def test_no_file_written_while_grading_is_kept(results: dict[str, Result], tiny: TinyCourse) -> None:
    assert points(results, "kim")["double_of_nothing"] == 1
    assert list(tiny.root.rglob("saw.txt")) == []


@pytest.mark.parametrize("student", GRADED)
def test_feedback_holds_no_hidden_test_no_rubric_and_no_output_of_grading(
    results: dict[str, Result], tiny: TinyCourse, student: str
) -> None:
    page = tiny.feedback(student)
    for secret in (*HIDDEN_LINES, RUBRIC, "77345", "154690", "nobody_told", "BEGIN ", "Traceback", "careful"):
        assert secret not in page[page.index("<body") :]
        assert secret not in text_of(page)
    assert "Two becomes four." in text_of(page)


def box_of(page: str, name: str) -> list[str]:
    """The lines of the box of a cell, named as the page names it, without its links."""
    [title] = re.findall(rf'id="(box-\d+)-title">{name}<', page)
    [box] = re.findall(rf'<section[^>]* id="{title}".*?(?=<p class="links">)', page, re.DOTALL)
    lines = html.unescape(re.sub(r"<[^>]+>", "", re.sub(r"</(dt|dd|li|p|h\d)>", "\n", box))).splitlines()
    return [line.strip() for line in lines if line.strip()]


def test_feedback_shows_the_detail_of_a_visible_claim(results: dict[str, Result], tiny: TinyCourse) -> None:
    page = tiny.feedback("bob")
    assert box_of(page, "Double doubles") == [
        "Double doubles",
        "✗ not passed 0 / 3 points",
        "What was checked",
        "Two becomes four.",
        "What was seen",
        "double(2): 5",
        "What was expected",
        "4",
        "The likely slip",
        "times two",
    ]
    assert box_of(page, "Triple triples")[1:] == ["✓ passed 2 / 2 points", "✓ Holds: Two becomes six."]
    assert box_of(page, "Why")[1:] == [
        "… waits for a person – / 2 points",
        "Not marked yet: a person reads this answer.",
    ]


def test_feedback_shows_the_sentence_only_of_a_hidden_claim(
    results: dict[str, Result], tiny: TinyCourse
) -> None:
    wrong, raising = (box_of(tiny.feedback(student), "Double doubles") for student in ("eve", "kim"))
    assert wrong == [
        "Double doubles",
        "✗ not passed 0 / 3 points",
        "✓ Holds: Two becomes four.",
        "What was checked",
        HIDDEN_SENTENCE,
    ]
    assert raising == [*wrong, "What was seen", "an error"]
    assert HIDDEN_SENTENCE not in text_of(tiny.feedback("ada"))


def test_feedback_says_what_became_of_a_stuck_cell(results: dict[str, Result], tiny: TinyCourse) -> None:
    stuck, dead, open_ = tiny.feedback("bob"), tiny.feedback("dan"), tiny.feedback("ivy")
    assert box_of(stuck, "Double of nothing")[1:] == [
        "✗ timed out 0 / 1 point",
        "The answer did not return within 3 s and was stopped.",
    ]
    assert "Your answer did not return in time when “Double of nothing” was tested." in text_of(stuck)
    assert box_of(dead, "Double of nothing")[1:] == [
        "✗ your kernel died 0 / 1 point",
        "The answer ended its kernel when it was tested.",
    ]
    assert "Your kernel died when “Double of nothing” was tested." in text_of(dead)
    assert box_of(open_, "Double doubles")[1:] == [
        "○ not answered 0 / 3 points",
        "What was checked",
        "Two becomes four.",
        "What was seen",
        "This is not answered yet.",
    ]


def test_feedback_says_what_was_repaired_and_where_the_kernel_died(
    results: dict[str, Result], tiny: TinyCourse
) -> None:
    assert "The cell double_doubles was missing; it was put back." in text_of(tiny.feedback("eve"))
    assert re.search(r"Your kernel died in cell \d+ \(Triple\)", text_of(tiny.feedback("ivy")))


@pytest.mark.parametrize("student", GRADED)
def test_feedback_holds_no_words_and_no_values_of_hidden_tests(
    results: dict[str, Result], tiny: TinyCourse, student: str
) -> None:
    submission = text_of_submission(nbformat.read(tiny.submitted(student), 4))
    assert leaks(tiny.feedback(student), secrets_of(tiny.master), [submission]) == []


def command(tiny: TinyCourse, *words: str) -> int:
    parser = ArgumentParser()
    engine.add_command(parser.add_subparsers())
    options = parser.parse_args(["grade", "--course", str(tiny.root), *words])
    return int(options.run(options))


def test_the_table_shows_parts_totals_and_what_went_wrong(
    results: dict[str, Result], tiny: TinyCourse, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(tiny) == 0
    printed = capsys.readouterr()
    rows = [[word.strip() for word in re.split("[|│┃]", line)[1:-1]] for line in printed.out.splitlines()]
    assert ["student", "Part A", "Part B", "by machine", "by a person"] in rows
    assert ["ada", "4 / 4", "2 / 2", "6 / 6", "2 waiting"] in rows
    assert ["cleo", "3 / 4", "2 / 2", "5 / 6", "2 waiting"] in rows
    assert ["eve", "1 / 4", "2 / 2", "3 / 6", "0 / 2"] in rows
    assert ["gus", "-", "-", "-", "-"] in rows
    assert "gus: unreadable: tiny.ipynb is not a notebook" in printed.out
    [students] = re.findall(r"^(.*): 2 points wait for a person \(why\)\.$", printed.out, re.MULTILINE)
    assert students.startswith("ada, ")
    assert "eve" not in students
    assert "9 unchanged since they were graded" in printed.out
    assert "gradebook.db" in printed.out
    assert "feedback/<student>/tiny/" in printed.out
    assert printed.err == ""
    assert (tiny.root / ".nbgrader.log").is_file()


def test_json_holds_every_verdict_and_nothing_else_is_printed(
    results: dict[str, Result], tiny: TinyCourse, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(tiny, tiny.name, "--students", "cleo", "gus", "--json", "--no-feedback") == 0
    cleo, gus = json.loads(capsys.readouterr().out)
    assert (cleo["student"], cleo["machine_points"], cleo["machine_maximum"], cleo["waiting_points"]) == (
        "cleo",
        5,
        6,
        2,
    )
    assert [verdict["status"] for verdict in cleo["verdicts"]] == [
        "passed",
        "timed out",
        "passed",
        "waiting for a person",
    ]
    assert cleo["graded_now"] is False
    assert gus["failure"].startswith("unreadable")
    assert gus["verdicts"] == []


def test_a_run_in_which_nothing_could_be_graded_fails(results: dict[str, Result], tiny: TinyCourse) -> None:
    assert command(tiny, "--students", "gus") == 1


def test_what_the_report_needs_is_noted_in_notebooks_and_no_verdict_file_depends_on_it(
    results: dict[str, Result], tiny: TinyCourse
) -> None:
    noted = json.loads(tiny.autograded("ada").read_bytes())["metadata"]["assay"]
    assert 0 < noted["seconds"] <= results["ada"].seconds
    assert {"python", "assay", "ipykernel"} <= set(noted["versions"])
    verdicts = json.loads((tiny.course.root / "reports/verdicts/tiny/ada.json").read_bytes())
    assert set(verdicts["tiny.ipynb"]) == {"digest", "repairs", "incidents", "verdicts"}
    failures = tiny.course.root / "reports/failures/tiny"
    assert sorted(path.name for path in failures.iterdir()) == ["gus.json", "ned.json"]
    assert json.loads((failures / "gus.json").read_bytes()) == {"failure": results["gus"].failure}


def test_the_report_tells_of_everybody_of_the_class(results: dict[str, Result], tiny: TinyCourse) -> None:
    report = gather(tiny.course, "tiny")
    failures = {one.student: one.failure for one in report.submissions if one.failure}
    assert failures == {name: results[name].failure for name in ("gus", "ned")}
    for one in report.graded:
        marks = results[one.student].marks
        assert marks is not None
        assert one.marks == marks
        assert one.seconds
    # What these do goes beyond an answer: they end or start processes.
    assert {one.student for one in report.flagged} == {"dan", "fay"}
    assert all(path.is_file() for path in write_reports(tiny.course))


def test_release_is_not_touched(results: dict[str, Result], tiny: TinyCourse) -> None:
    assert not (tiny.root / "release").exists()
    assert not Path("release", "tiny").exists()


def vector(tiny: TinyCourse, student: str) -> dict[str, tuple[float | None, bool]]:
    with Gradebook(f"sqlite:///{tiny.root / 'gradebook.db'}") as book:
        notebook = book.find_submission_notebook(tiny.name, tiny.name, student)
        return {one.name: (one.auto_score, one.needs_manual_grade) for one in notebook.grades}


def test_nbgrader_on_its_own_gives_the_same_marks_and_feedback(
    results: dict[str, Result], tiny: TinyCourse
) -> None:
    students = ("dan", "eve")
    before = {student: (vector(tiny, student), tiny.feedback(student)) for student in students}
    for student in students:
        with Gradebook(f"sqlite:///{tiny.root / 'gradebook.db'}") as book:
            book.remove_submission(tiny.name, student)
        (tiny.root / "feedback" / student / tiny.name / f"{tiny.name}.html").unlink()
    # gus cannot be read: nbgrader says so in its exit code, and grades the others.
    nbgrader(tiny, "autograde", tiny.name, "--student=[deg]*", "--force", status=1)
    nbgrader(tiny, "generate_feedback", tiny.name, "--student=[de]*", "--force")
    assert before == {student: (vector(tiny, student), tiny.feedback(student)) for student in students}


def nbgrader(tiny: TinyCourse, *words: str, status: int = 0) -> None:
    source = Path(__file__).resolve().parents[2] / "src"
    run = subprocess.run(
        [sys.executable, "-m", "nbgrader", *words],
        cwd=tiny.root,
        env={**os.environ, "PYTHONPATH": str(source)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == status, run.stderr

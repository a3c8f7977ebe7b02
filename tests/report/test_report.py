"""What the report says of a class, and that it says so of 300 students as of eight."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from course_copies import ROOT
from nbgrader.api import Gradebook
from sqlalchemy import event
from synthetic_class import TASKS, WRITTEN, Made, SyntheticCourse, large_class, master_of

from assay.cli import main
from assay.course import Course
from assay.desk import FAILURES
from assay.errors import AssayError
from assay.report import page_name, write_reports
from assay.report_gather import ClassReport, Group, Outcome, gather, groups_of
from assay.report_page import assignment_page, course_page
from assay.report_pictures import by_assignment, distribution, outcomes, time_against_points
from assay.verdict import Status, Verdict

pytestmark = pytest.mark.xdist_group("report")

TESTS = {"Part A": {"sum_is_right": 1.0, "shape_is_kept": 2.0}, "Part B": {"loop_ends": 3.0}}
ANSWER = {"why": 4.0}
HELD = "It holds."


def failed(message: str) -> tuple[str, str]:
    return ("failed", message)


CLASS = [
    Made("ada", "Ada", "Müller", person=4.0),
    Made(
        "bob",
        person=1.0,
        penalty=0.5,
        statuses={"sum_is_right": failed(f"{HELD}\ngot 3, expected 4 (the sign)")},
    ),
    Made("cleo", statuses={"sum_is_right": failed(f"{HELD}\ngot -2.5e-3, expected 4 (the sign)")}),
    Made(
        "dan",
        person=0.0,
        statuses={"sum_is_right": failed("TypeError: no"), "shape_is_kept": failed("TypeError: no")},
    ),
    Made(
        "eve",
        statuses={"loop_ends": ("timed out", "The answer did not return within 10 s and was stopped.")},
        noted={
            "incidents": ["loop_ends: The answer did not return within 10 s and was stopped."],
            "seconds": 31.5,
        },
    ),
    Made(
        "fay",
        person=2.0,
        statuses={"shape_is_kept": ("grader error", "The test itself is at fault: NameError: x")},
    ),
    Made(
        "gus",
        statuses=dict.fromkeys(
            ("sum_is_right", "shape_is_kept", "loop_ends"), ("not answered", "NotImplementedError: it")
        ),
        noted={
            "repairs": ["The cell why was missing; it was put back."],
            "versions": {"python": "3.11.7", "numpy": "2.3.5"},
        },
    ),
    Made("hal", sources={"sum_is_right_answer": "import sys\nframe = sys._getframe(1)"}),
]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> SyntheticCourse:
    synthetic = SyntheticCourse(tmp_path_factory.mktemp("report") / "course")
    synthetic.add("tiny", master_of(TESTS, ANSWER), CLASS)
    with Gradebook(synthetic.url) as gradebook:
        synthetic.add_students(gradebook, [Made("ivy"), Made("kim")])
    failures = synthetic.root / FAILURES / "tiny"
    failures.mkdir(parents=True)
    sentence = "unreadable: tiny.ipynb is a symbolic link and no notebook."
    (failures / "kim.json").write_text(json.dumps({"failure": sentence}), encoding="utf-8")
    return synthetic


@pytest.fixture(scope="module")
def report(course: SyntheticCourse) -> ClassReport:
    return gather(course.course, "tiny")


def parsed(text: str) -> BeautifulSoup:
    return BeautifulSoup(text, "html.parser")


@pytest.fixture(scope="module")
def page(report: ClassReport) -> BeautifulSoup:
    return parsed(assignment_page(report, course_page="index.html", today=date(2026, 1, 2)))


def text_of(page: BeautifulSoup, section: str) -> str:
    found = page.find("section", {"aria-labelledby": section})
    return re.sub(r"\s+", " ", found.get_text())


def table_of(page: BeautifulSoup, label: str) -> dict[str, list[str]]:
    """The rows of a table by their headings."""
    rows = [row.find_all(["th", "td"]) for row in page.find("div", {"aria-label": label}).select("tbody tr")]
    return {row[0].get_text(): [cell.get_text() for cell in row[1:]] for row in rows}


def test_marks_are_told_by_machine_by_a_person_and_together_with_those_who_wait(page) -> None:
    said = text_of(page, "marks")
    assert "By machine, of 6 points: mean 4.0, median 4.5, from 0 to 6." in said
    assert (
        "By a person, of 4 points: mean 1.8, median 1.5, from 0 to 4 (4 of 8 marked or without an answer, 4 waiting)."
        in said
    )
    assert "Of 1, a test waits for a person; it counts as 0 until then." in said


def test_the_table_of_students_has_parts_sums_penalties_and_remarks(page) -> None:
    rows = table_of(page, "Table of students")
    assert rows["ada (Müller, Ada)"] == ["3", "3", "6", "4", "", "10", "4.0", ""]
    assert rows["bob"] == ["2", "3", "5", "1", "-0.5", "5.5", "4.0", ""]
    assert rows["cleo"] == ["2", "3", "5", "4 waiting", "", "", "4.0", ""]
    assert rows["eve"][-2:] == ["31.5", "stopped"]
    assert rows["fay"] == ["1+", "3", "4", "2", "", "", "4.0", ""]
    assert rows["gus"][-1] == "repaired"
    assert rows["hal"][-1] == "flagged"
    assert rows["kim"] == ["", "", "", "", "", "", "", "not graded"]
    assert "Handed in nothing: ivy." in text_of(page, "students")


def test_each_task_says_what_became_of_it(report, page) -> None:
    counts = {
        task.grade_id: {outcome.value: number for outcome, number in task.counts.items()}
        for task in report.tasks
    }
    assert counts == {
        "sum_is_right": {"all points": 4, "failed": 3, "not answered": 1},
        "shape_is_kept": {"all points": 5, "failed": 1, "not answered": 1, "waits for a person": 1},
        "loop_ends": {"all points": 6, "stopped": 1, "not answered": 1},
        "why": {"all points": 1, "a part of the points": 2, "failed": 1, "waits for a person": 4},
    }
    rows = table_of(page, "Table of tasks")
    assert rows["shape_is_kept"] == ["Part A", "machine", "2", "71 % of 7 marked", "1", "1", "0", "1"]
    assert rows["why"][1:4] == ["person", "4", "44 % of 4 marked"]


def test_failures_are_grouped_and_the_test_that_failed_most_comes_first(page) -> None:
    said = text_of(page, "tasks")
    assert (
        said.index("sum_is_right1 point")
        < said.index("shape_is_kept2 points")
        < said.index("loop_ends3 points")
    )
    assert "2It holds. got #, expected # (the sign)for example: got 3, expected 4 (the sign)bob, cleo" in said
    assert "NotImplementedError" not in said


def groups(*messages: str) -> list[tuple[str, int, str]]:
    verdicts = [
        (f"s{place}", Verdict("a", 0.0, 1.0, Status.FAILED, message))
        for place, message in enumerate(messages)
    ]
    return [(group.message, len(group.students), group.example) for group in groups_of(verdicts)]


def test_numbers_are_rewritten_only_where_that_joins_messages() -> None:
    assert groups("got 3, expected 4", "got 3, expected 4") == [("got 3, expected 4", 2, "")]
    assert groups("got 3", "got (3, 4, 5) of 6") == [("got (3, 4, 5) of 6", 1, ""), ("got 3", 1, "")]
    assert groups("got 3.5e-7", "got -2", "got nan") == [("got #", 3, "got 3.5e-7")]
    assert groups("got [1. 2. 3.]", "got [4. 5.]") == [("got [#]", 2, "got [1. 2. 3.]")]


def test_rows_of_numbers_are_one_number_and_names_keep_theirs() -> None:
    assert groups("got (1, 2)", "got (3, 4, 5)") == [("got (#)", 2, "got (1, 2)")]
    assert groups("x1 is missing", "x2 is missing") == [("x1 is missing", 1, ""), ("x2 is missing", 1, "")]


def test_the_sentence_of_a_claim_keeps_its_numbers() -> None:
    """Another sentence is another claim, so a group has one."""
    assert groups("f(2) is 4.\ngot 1", "f(3) is 9.\ngot 1") == [
        ("f(2) is 4.\ngot 1", 1, ""),
        ("f(3) is 9.\ngot 1", 1, ""),
    ]
    assert groups("f(2) is 4.\ngot 1", "f(2) is 4.\ngot 2") == [("f(2) is 4.\ngot #", 2, "f(2) is 4.\ngot 1")]


def test_an_answer_without_a_message_is_grouped_by_its_status() -> None:
    verdict = Verdict("a", 0.0, 1.0, Status.DIED)
    assert groups_of([("s", verdict)]) == (Group("Student kernel died.", ("s",)),)


def test_what_needs_a_person_is_listed(page) -> None:
    said = text_of(page, "person")
    assert "why: 4 answers, 4 points each" in said
    assert "fay shape_is_kept grader error The test itself is at fault: NameError: x" in re.sub(
        r"(fay)(shape_is_kept)", r"\1 \2 ", said
    )
    assert "kim" in said
    assert "tiny.ipynb is a symbolic link and no notebook." in said


def test_an_attack_is_shown_with_its_evidence_and_costs_nothing(page, report) -> None:
    assert list(table_of(page, "Table of attacks noticed")["hal"]) == [
        "cell 4 (sum_is_right_answer), line 2",
        "_getframe: it looks at the frames of the code that calls it",
        "frame = sys._getframe(1)",
    ]
    (hal,) = report.flagged
    assert hal.marks is not None
    assert hal.marks.machine_points == 6


def test_repairs_and_what_was_stopped_are_listed(page) -> None:
    assert "gus: The cell why was missing; it was put back." in text_of(page, "repairs")
    assert "eve: loop_ends: The answer did not return within 10 s" in text_of(page, "attacks")


def test_times_isolation_and_versions_are_those_that_were_noted(page) -> None:
    assert "The slowest: eve (32 s)" in text_of(page, "time")
    said = text_of(page, "run")
    assert "8 submissions ran in bubblewrap 0.8.0 (system) with Landlock ABI 7, calls filtered." in said
    assert "not all submissions were graded with the same" in said
    assert "numpy 2.4.0 (7), 2.3.5 (1)" in said


def test_an_assignment_without_thresholds_says_so(page) -> None:
    assert "No threshold of this assignment was calibrated." in text_of(page, "thresholds")


def test_thresholds_are_shown_with_the_margins_that_were_measured(course, tmp_path) -> None:
    """With what this repository has measured of its own thresholds."""
    place = course.root / "tests" / "calibration"
    place.mkdir(parents=True)
    try:
        shutil.copy(ROOT / "tests/calibration/mnist_mlp.json", place / "tiny.json")
        margins = gather(course.course, "tiny").margins
        stored = json.loads((place / "tiny.json").read_text(encoding="utf-8"))["thresholds"]
        assert [(one.cell, one.claim) for one in margins] == [(one["cell"], one["claim"]) for one in stored]
        values = [value for value in stored[0]["values"]["solution"] if value is not None]
        assert margins[0].right == f"{min(values):.3f} to {max(values):.3f} in {len(values)} runs"
        assert margins[0].condition == f"{stored[0]['direction']} {stored[0]['threshold']:g}"
        assert margins[0].right_fails.startswith("up to ")
        assert margins[0].wrong_passes.startswith("up to ")
        assert "in 30 runs" in margins[0].wrong
        (place / "tiny.json").write_text("{", encoding="utf-8")
        spoilt = gather(course.course, "tiny")
        assert (spoilt.margins, spoilt.margins_note) == (
            (),
            "tests/calibration/tiny.json cannot be read (JSONDecodeError): run assay calibrate tiny.",
        )
    finally:
        shutil.rmtree(course.root / "tests")


def test_the_command_writes_a_page_for_each_assignment_and_one_for_the_course(
    course, tmp_path, capsys
) -> None:
    assert main(["report", "--course", str(course.root), "--output", str(tmp_path)]) == 0
    assert f"The report is in {tmp_path / 'index.html'}" in capsys.readouterr().out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["index.html", "tiny.html"]
    overview = parsed((tmp_path / "index.html").read_text(encoding="utf-8"))
    assert [link.get("href") for link in overview.find_all("a")] == ["tiny.html"]
    assert table_of(overview, "Table of assignments")["tiny"][:8] == [
        "9",
        "8",
        "4.0 of 6",
        "4.5",
        "5",
        "1",
        "1",
        "1",
    ]
    rows = table_of(overview, "Table of students")
    assert (rows["ada (Müller, Ada)"][0], rows["cleo"][0], rows["ivy"][0], rows["kim"][0]) == (
        "10",
        "5+",
        "–",
        "–",
    )


def test_the_same_class_gives_the_same_page(report) -> None:
    today = date(2026, 1, 2)
    first = assignment_page(report, course_page="index.html", today=today)
    assert assignment_page(report, course_page="index.html", today=today) == first
    assert course_page([report], {}, today) == course_page([report], {}, today)


def test_an_assignment_that_was_not_graded_is_one_sentence(course, capsys) -> None:
    assert main(["report", "--course", str(course.root), "other"]) == 1
    assert "'other' was not graded yet; there are marks of tiny." in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_one_sentence(course, tmp_path, capsys) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert main(["report", "--course", str(course.root), "--output", str(tmp_path / "file")]) == 1
    assert "The report cannot be written" in capsys.readouterr().err


def test_an_assignment_may_be_called_index() -> None:
    assert [page_name(name) for name in ("index", "Index", "tiny")] == [
        "assignment-index.html",
        "assignment-Index.html",
        "tiny.html",
    ]


def test_a_gradebook_without_submissions_has_nothing_to_report(tmp_path) -> None:
    synthetic = SyntheticCourse(tmp_path / "course")
    Gradebook(synthetic.url).close()
    with pytest.raises(AssayError, match="Nothing was graded yet"):
        write_reports(Course.at(synthetic.root))


def test_a_failure_counts_until_the_submission_is_graded_in_whatever_way(tmp_path: Path) -> None:
    """formgrader's button knows nothing of what assay grade has noted."""
    synthetic = SyntheticCourse(tmp_path / "course")
    synthetic.add("tiny", master_of(TESTS, ANSWER), [Made("ada")])
    path = synthetic.root / FAILURES / "tiny" / "ada.json"
    path.parent.mkdir(parents=True)
    for text, sentence in (
        ('{"failure": "unreadable: x"}', "unreadable: x"),
        ("{", "It could not be graded; assay grade says why."),
        ("[]", "It could not be graded; assay grade says why."),
        ("{}", "It could not be graded; assay grade says why."),
    ):
        path.write_text(text, encoding="utf-8")
        os.utime(path, (2e9, 2e9))
        (ada,) = gather(synthetic.course, "tiny").submissions
        assert ada.failure == sentence
        assert ada.marks is not None
    os.utime(path, (1e9, 1e9))
    (ada,) = gather(synthetic.course, "tiny").submissions
    assert ada.failure == ""


def test_damaged_notes_of_the_grader_stop_nothing(tmp_path) -> None:
    """Somebody has edited or deleted what grading left behind."""
    synthetic = SyntheticCourse(tmp_path / "course")
    noted = {
        "repairs": "no list",
        "incidents": None,
        "seconds": "fast",
        "versions": ["numpy 2"],
        "isolation": None,
    }
    synthetic.add("tiny", master_of(TESTS, ANSWER), [Made("ada", noted=noted), Made("bob"), Made("cleo")])
    shutil.rmtree(synthetic.root / "autograded" / "bob")
    found = {one.student: one for one in gather(synthetic.course, "tiny").submissions}
    assert (found["ada"].repairs, found["ada"].seconds, dict(found["ada"].versions)) == ((), None, {})
    assert found["ada"].isolation == ""
    assert found["bob"].failure == "It was not graded yet."
    write_reports(synthetic.course)


def notebook_with(**noted: object) -> bytes:
    """A notebook with these notes of the grader's."""
    cells = [] if "cells" not in noted else noted.pop("cells")
    metadata = {"assay": noted.pop("assay", noted)}
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}).encode()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        notebook_with(cells="text"),
        notebook_with(assay="text"),
        notebook_with(assay=None),
        notebook_with(verdicts=None),
        notebook_with(verdicts="text"),
        notebook_with(verdicts=[{"points": 1}]),
        notebook_with(verdicts=[{"grade_id": "x", "points": 1, "max_points": 1, "status": "unknown"}]),
        notebook_with(verdicts=[], repairs=None),
        notebook_with(verdicts=[], repairs=[1]),
        notebook_with(verdicts=[], seconds=float("nan")),
    ],
)
def test_a_damaged_notebook_costs_its_own_student_s_line_only(tmp_path, content: bytes) -> None:
    """The others are in the report, and the one is said to have to be graded again, unless it can be read after all."""
    synthetic = SyntheticCourse(tmp_path / "course")
    synthetic.add("tiny", master_of(TESTS, ANSWER), [Made("ada"), Made("bob")])
    [path] = (synthetic.root / "autograded/ada/tiny").glob("*.ipynb")
    path.write_bytes(content)
    found = {one.student: one for one in gather(synthetic.course, "tiny").submissions}
    assert found["bob"].marks is not None
    ada = found["ada"]
    assert ada.marks is not None or "autograded/ada/tiny cannot be read: grade it again" in ada.failure
    assert ada.seconds is None or ada.seconds == ada.seconds
    write_reports(synthetic.course)


def test_what_was_handed_in_and_is_not_graded_yet_is_in_the_report(tmp_path) -> None:
    synthetic = SyntheticCourse(tmp_path / "course")
    synthetic.add("tiny", master_of(TESTS, ANSWER), [Made("ada")])
    shutil.copytree(synthetic.root / "source/tiny", synthetic.root / "source/other")
    for student, assignment in (("late", "tiny"), ("ada", "other")):
        (synthetic.root / "submitted" / student / assignment).mkdir(parents=True)
    found = {one.student: one for one in gather(synthetic.course, "tiny").submissions}
    assert found["late"].failure == "It was not graded yet."
    assert found["ada"].marks is not None
    _, other, _ = write_reports(synthetic.course)
    assert "Nothing is graded yet." in other.read_text(encoding="utf-8")


def test_a_class_that_nobody_has_answered_in_has_no_pictures_of_nothing(tmp_path) -> None:
    empty = ClassReport("tiny", {}, (), ())
    assert [distribution(empty), outcomes(()), time_against_points(empty), by_assignment({"tiny": []})] == [
        None
    ] * 4
    assert "Nothing is graded yet." in assignment_page(empty, course_page="index.html")
    assert "tiny" in course_page([empty], {})


def test_pictures_take_their_colours_from_the_page_and_say_what_they_show(report) -> None:
    pictures = [
        distribution(report),
        outcomes(report.tasks),
        time_against_points(report),
        by_assignment({"a": [1.0, 50.0]}),
    ]
    names: set[str] = set()
    for picture in pictures:
        assert picture is not None
        assert (
            re.findall(r"#[0-9a-fA-F]{3,8}\b(?![^<]*\))", re.sub(r'(href="|url\()#[\w-]+', "", picture.svg))
            == []
        )
        assert "currentColor" in picture.svg
        assert re.search(r"\d", picture.alt)
        own = set(re.findall(r'\bid="([^"]+)"', picture.svg))
        assert not own & names
        names |= own
    assert "sum_is_right (50 % of its points)" in (pictures[1].alt if pictures[1] else "")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> SyntheticCourse:
    synthetic = SyntheticCourse(tmp_path_factory.mktemp("large") / "course")
    synthetic.add("descent", master_of(TASKS, WRITTEN), large_class(300))
    return synthetic


@pytest.fixture
def queries() -> Iterator[list[str]]:
    from sqlalchemy.engine import Engine

    asked: list[str] = []

    def note(connection, cursor, statement, *rest) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield asked
    event.remove(Engine, "before_cursor_execute", note)


def test_three_hundred_students_are_gathered_with_a_few_queries_each(
    large: SyntheticCourse, queries: list[str]
) -> None:
    """A query for each of 24 cells of each student would be 7,200; it once was 13,000."""
    report = gather(large.course, "descent")
    assert len(report.graded) == 300
    assert len(queries) < 6 * 300
    (page,) = [assignment_page(report, course_page="index.html")]
    assert len(page) < 600_000
    failures = sum(task.counts.get(Outcome.FAILED, 0) for task in report.tasks if not task.by_person)
    stopped = sum(task.counts.get(Outcome.STOPPED, 0) for task in report.tasks)
    grouped = sum(len(group.students) for task in report.tasks for group in task.groups)
    unclear = sum(task.counts.get(Outcome.WAITING, 0) for task in report.tasks if not task.by_person)
    assert grouped == failures + stopped + unclear
    for task in report.tasks:
        assert sum(task.counts.values()) == 300

"""Marks as files for other systems: the layouts, names of every kind, and what is not complete."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from synthetic_class import Made, SyntheticCourse, master_of

from assay.cli import main
from assay.export import read_marks, remarks, table
from assay.export_layouts import ILIAS_COLUMNS, LAYOUTS, Marks, Person, Score, as_csv, defused, fused

#: Names that break files which are written carelessly, with the id of the student who bears them.
NAMES: Mapping[str, tuple[str, str]] = {
    "comma": ("Smith, Jr.", "Anna"),
    "quotes": ('O"Neil', "\"Bo\" 'Bob'"),
    "newline": ("Two\nLines", "Cleo\r\nPatra"),
    "umlauts": ("Müßigänger", "Zoë Þóra"),
    "arabic": ("الخوارزمي", "محمد"),
    "hebrew": ("חיים", "דוד"),
    "mixed": ("Smith חיים", "علي-Ann"),
    "chinese": ("李", "小龍"),
    "emoji": ("Ray 🦊", "Zero\u200dWidth"),
    "equals": ("=cmd|' /C calc'!A0", "=1+1"),
    "plus": ("+41 79", "+"),
    "minus": ("-Nought", "-1"),
    "at": ("@SUM(A1)", "@"),
    "tab": ("\tTabbed", " Spaced "),
    "semicolon": ("a;b", "c;d"),
    "apostrophe": ("'t Hooft", "'=1"),
    "nobody": ("", ""),
}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> SyntheticCourse:
    """Everybody has 3 of 3 points by machine; some wait for a person, one is late, one has handed in the first only."""
    synthetic = SyntheticCourse(tmp_path_factory.mktemp("export") / "course")
    made = [
        Made(student, first, last, f"{student}@example.org", str(100 + place), person=1.5)
        for place, (student, (last, first)) in enumerate(NAMES.items())
    ]
    made += [
        Made("waits", "W", "Aits", "w@example.org", "7", person=None),
        Made("late", "L", "Ate", None, None, person=2.0, penalty=0.75),
        Made("unclear", "U", "N", "u@example.org", "9", {"a": ("grader error", "?")}, person=2.0),
    ]
    synthetic.add("first", master_of({"Part": {"a": 1.0, "b": 2.0}}, {"why": 2.0}), made)
    synthetic.add("second", master_of({"Part": {"a": 1.0}}, {}), made[1:])
    return synthetic


def rows(text: str) -> list[list[str]]:
    """A file as whatever reads RFC 4180 sees it."""
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def exported(course: SyntheticCourse, tmp_path: Path, *options: str) -> list[list[str]]:
    path = tmp_path / "marks.csv"
    assert main(["export", "--course", str(course.root), "--output", str(path), *options]) == 0
    return rows(path.read_bytes().decode("utf-8"))


def by_student(table: list[list[str]], column: str) -> dict[str, dict[str, str]]:
    head, *body = table
    found = [dict(zip(head, row, strict=True)) for row in body]
    return {row[column]: row for row in found}


def test_canvas_reads_who_in_five_columns_the_points_possible_and_then_the_marks(course, tmp_path) -> None:
    table = exported(course, tmp_path, "--format", "canvas")
    assert table[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "first", "second"]
    assert table[1] == ["    Points Possible", "", "", "", "", "5", "1"]
    found = by_student([table[0], *table[2:]], "SIS Login ID")
    assert found["umlauts"] == {
        "Student": "Müßigänger, Zoë Þóra",
        "ID": "103",
        "SIS User ID": "",
        "SIS Login ID": "umlauts",
        "Section": "",
        "first": "4.5",
        "second": "1",
    }
    assert found["nobody"]["Student"] == "nobody"
    assert found["comma"]["second"] == ""


def test_moodle_gets_each_column_that_can_identify_a_user(course, tmp_path) -> None:
    table = exported(course, tmp_path, "--format", "moodle", "first")
    assert table[0] == ["First name", "Last name", "ID number", "Username", "Email address", "first"]
    assert by_student(table, "Username")["comma"] == {
        "First name": "Anna",
        "Last name": "Smith, Jr.",
        "ID number": "100",
        "Username": "comma",
        "Email address": "comma@example.org",
        "first": "4.5",
    }


def test_ilias_changes_only_what_is_complete_and_whom_it_can_find(course, tmp_path) -> None:
    table = exported(course, tmp_path, "--format", "ilias", "first", "--passed-from", "90")
    assert tuple(table[0]) == ILIAS_COLUMNS
    found = by_student(table, "login")
    assert [found["comma"][name] for name in ("update", "usr_id", "status", "mark")] == [
        "1",
        "100",
        "passed",
        "4.5",
    ]
    assert [found["waits"][name] for name in ("update", "status", "mark")] == ["0", "notgraded", ""]
    # Without a usr_id ILIAS finds nobody.
    assert [found["late"][name] for name in ("update", "status", "mark")] == ["0", "failed", "4.25"]


def test_ilias_is_told_neither_passed_nor_failed_without_being_asked(course, tmp_path) -> None:
    found = exported(course, tmp_path, "--format", "ilias", "first")
    assert {row[5] for row in found[1:]} == {"notgraded"}


def test_ilias_never_hears_failed_of_what_still_waits(course, tmp_path) -> None:
    options = ("--format", "ilias", "first", "--passed-from", "90", "--count-waiting-as-zero")
    waiting = by_student(exported(course, tmp_path, *options), "login")["waits"]
    assert (waiting["mark"], waiting["status"]) == ("3", "notgraded")


def test_ilias_has_room_for_one_assignment(course, capsys) -> None:
    assert main(["export", "--course", str(course.root), "--format", "ilias"]) == 1
    assert "name one of first, second" in capsys.readouterr().err


def test_the_table_for_a_spreadsheet_has_everything(course, tmp_path) -> None:
    table = exported(course, tmp_path, "--format", "csv", "first")
    found = by_student(table, "student")
    assert found["late"] == {
        "assignment": "first",
        "student": "late",
        "last_name": "Ate",
        "first_name": "L",
        "email": "",
        "lms_user_id": "",
        "submitted": "",
        "by_machine": "3",
        "by_person": "2",
        "late_penalty": "0.75",
        "points_waiting": "0",
        "mark": "4.25",
        "max_points": "5",
    }
    assert [found["waits"][name] for name in ("by_machine", "points_waiting", "mark")] == ["3", "2", ""]
    assert [found["unclear"][name] for name in ("by_machine", "points_waiting", "mark")] == ["2", "1", ""]


@pytest.mark.parametrize("layout", ["canvas", "moodle", "ilias"])
def test_every_name_comes_back_as_it_was(course, tmp_path, layout: str) -> None:
    table = exported(course, tmp_path, "--format", layout, "first")
    if layout == "canvas":
        table.pop(1)
    login = {"canvas": "SIS Login ID", "moodle": "Username", "ilias": "login"}[layout]
    found = by_student(table, login)
    for student, (last, first) in NAMES.items():
        if layout == "canvas":
            assert found[student]["Student"] == (f"{last}, {first}" if last else student)
        else:
            first_column, last_column = {
                "moodle": ("First name", "Last name"),
                "ilias": ("firstname", "lastname"),
            }[layout]
            assert (found[student][first_column], found[student][last_column]) == (first, last)


def test_no_cell_of_the_table_for_a_spreadsheet_is_computed_and_names_can_be_told(course, tmp_path) -> None:
    table = exported(course, tmp_path, "--format", "csv", "first")
    for row in table[1:]:
        assert not any(text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for text in row)
    found = by_student(table, "student")
    for student, (last, first) in NAMES.items():
        assert (fused(found[student]["last_name"]), fused(found[student]["first_name"])) == (last, first)
    assert found["equals"]["first_name"] == "'=1+1"
    assert found["apostrophe"]["last_name"] == "'t Hooft"


@pytest.mark.parametrize(
    "text", ["=1", "'=1", "''=1", "'", "''", "", "a=1", "'t", "\n=1", "\uff1d1", "-", "'-"]
)
def test_what_is_defused_can_be_told_from_what_was_so_before(text: str) -> None:
    assert fused(defused(text)) == text


def test_a_name_that_spreadsheets_compute_is_said_where_it_is_written_as_it_is(
    course, tmp_path, capsys
) -> None:
    exported(course, tmp_path, "--format", "moodle", "first")
    assert "do not open the file in a spreadsheet" in capsys.readouterr().err
    exported(course, tmp_path, "--format", "csv", "first")
    assert "in a spreadsheet" not in capsys.readouterr().err


def test_the_command_says_how_many_are_not_complete(course, tmp_path, capsys) -> None:
    exported(course, tmp_path, "--format", "canvas")
    said = capsys.readouterr().err
    everybody = len(NAMES) + 3
    assert f"first: 2 of {everybody} wait for a person and are left empty." in said
    assert f"second: 1 of {everybody} handed in nothing that was graded and are left empty." in said
    assert f"1 of {everybody} have no ID" in said


def test_what_waits_counts_with_what_it_has_when_that_is_asked_for(course, tmp_path) -> None:
    table = exported(course, tmp_path, "--format", "canvas", "--count-waiting-as-zero")
    found = by_student([table[0], *table[2:]], "SIS Login ID")
    assert (found["waits"]["first"], found["unclear"]["first"], found["comma"]["second"]) == ("3", "4", "0")


def test_on_the_screen_there_is_the_table_alone(course, capsys) -> None:
    assert (
        main(["export", "--course", str(course.root), "--format", "moodle", "second", "--students", "late"])
        == 0
    )
    printed = capsys.readouterr()
    assert printed.out == "First name,Last name,ID number,Username,Email address,second\nL,Ate,,late,,0.25\n"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--format", "csv", "third"], "no assignment 'third'; it has first, second"),
        (["--format", "csv", "--students", "zoe"], "no student 'zoe'"),
        (["--format", "csv", "--passed-from", "50"], "--passed-from is for --format ilias"),
        (["--format", "csv", "--output", "/proc/none/marks.csv"], "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(course, capsys, options: list[str], sentence: str) -> None:
    assert main(["export", "--course", str(course.root), *options]) == 1
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    "options", [["--format", "excel"], [], ["--format", "ilias", "--passed-from", "120"]]
)
def test_wrong_usage_is_exit_code_2(options: list[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["export", *options])
    assert exit_.value.code == 2


def test_a_course_that_was_never_graded_is_told_to_grade_and_gets_no_gradebook(tmp_path, capsys) -> None:
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n", encoding="utf-8")
    for command in (["export", "--format", "csv"], ["report"]):
        assert main([*command, "--course", str(tmp_path)]) == 1
        assert "grade first, with: assay grade" in capsys.readouterr().err
    assert not (tmp_path / "gradebook.db").exists()


def test_a_gradebook_that_is_none_is_one_sentence(tmp_path, capsys) -> None:
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n", encoding="utf-8")
    (tmp_path / "gradebook.db").write_text("no database", encoding="utf-8")
    for command in (["export", "--format", "csv"], ["report"]):
        assert main([*command, "--course", str(tmp_path)]) == 1
        assert "The gradebook cannot be opened" in capsys.readouterr().err


def test_marks_have_two_decimals_at_most() -> None:
    marks = Marks(
        [Person("a", scores={"x": Score(1 / 3)}), Person("b", scores={"x": Score(10.0)})], {"x": 12.5}
    )
    assert [row[-1] for row in LAYOUTS["canvas"](marks)] == ["x", "12.5", "0.33", "10"]


def test_lines_end_as_the_standard_says() -> None:
    assert as_csv([["a", "b,c"], ['d"', "e\nf"]]) == 'a,"b,c"\r\n"d""","e\nf"\r\n'


def test_nbgrader_export_writes_the_same_file(course, tmp_path) -> None:
    """By its own command, as nbgrader's documentation has it."""
    path = tmp_path / "canvas.csv"
    command = [
        str(Path(sys.executable).with_name("nbgrader")),
        "export",
        "--exporter=assay.export_plugins.Canvas",
    ]
    ran = subprocess.run(
        [*command, "--to", str(path), "--assignment", "['first']"],
        cwd=course.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "2 of 20 wait for a person" in ran.stderr
    with Gradebook(course.url) as gradebook:
        marks = read_marks(gradebook, ["first"])
        assert path.read_bytes().decode("utf-8") == table("canvas", marks)
        assert len(remarks("canvas", marks)) == 3

"""`assay init`: what it writes into a course of somebody else's, what it refuses, and that every answer is a sentence."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import nbformat
import pytest
from course_cells import cell
from course_copies import ROOT
from nbformat.v4 import new_notebook

from assay import cli
from assay.course import Course
from assay.init import BEGIN, END

THEIRS = "c = get_config()\n\n# ours since 2019\nc.CourseDirectory.course_id = 'course101'\n"
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def course(root: Path, config: str | bytes | None = THEIRS) -> Path:
    """A course with one assignment of one cell for the student and one for the machine."""
    cells = [
        cell(
            "double",
            "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION",
            solution=True,
        ),
        cell("double_doubles", "assert double(2) == 4", grade=True, locked=True, points=3),
    ]
    folder = root / "source" / "ps1"
    folder.mkdir(parents=True)
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": KERNEL}), folder / "problem1.ipynb")
    if config is not None:
        (root / "nbgrader_config.py").write_bytes(config.encode() if isinstance(config, str) else config)
    return root


def init(root: Path, *options: str) -> int:
    return cli.main(["init", str(root), *options])


def text(root: Path) -> bytes:
    return (root / "nbgrader_config.py").read_bytes()


def settings(root: Path) -> Any:
    return Course.at(root).config()


def test_it_adds_a_block_and_keeps_every_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    root = course(tmp_path)
    assert init(root) == 0
    after = text(root).decode()
    assert after.startswith(THEIRS)
    assert after.count(BEGIN) == after.count(END) == 1
    config = settings(root)
    assert config.CourseDirectory.course_id == "course101"
    assert config.Autograde.autograde_preprocessors[0] == "assay.execute.ExecuteInTwoKernels"
    assert config.GenerateFeedback.exporter_class == "assay.feedback.FeedbackExporter"
    said = capsys.readouterr().out
    assert "every other line is as it was" in said
    assert "1 test (3 points) for the machine" in said
    assert "assay grade ps1" in said
    assert "Submissions will run in" in said


def test_a_second_time_changes_nothing_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    root = course(tmp_path)
    init(root)
    first = text(root)
    assert init(root) == 0
    assert text(root) == first
    assert "under assay already; nothing was changed" in capsys.readouterr().out


def test_what_somebody_changed_in_the_block_stays(tmp_path: Path):
    root = course(tmp_path)
    init(root)
    changed = text(root).replace(b"cell_seconds = 30.0", b"cell_seconds = 5")
    (root / "nbgrader_config.py").write_bytes(changed)
    assert init(root) == 0
    assert text(root) == changed
    assert settings(root).ExecuteInTwoKernels.cell_seconds == 5


def test_what_somebody_sets_below_the_block_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    root = course(tmp_path)
    init(root)
    changed = text(root) + b"c.GenerateFeedback.preprocessors.append('mine.Logo')\n"
    (root / "nbgrader_config.py").write_bytes(changed)
    assert init(root) == 0
    assert text(root) == changed
    assert "under assay already" in capsys.readouterr().out


def test_without_the_block_the_course_is_as_before(tmp_path: Path):
    root = course(tmp_path)
    before = dict(settings(root))
    init(root)
    lines = text(root).decode().splitlines(keepends=True)
    first, last = (next(n for n, line in enumerate(lines) if line.startswith(mark)) for mark in (BEGIN, END))
    (root / "nbgrader_config.py").write_text("".join(lines[:first] + lines[last + 1 :]))
    assert dict(settings(root)) == before


def test_a_dry_run_shows_the_block_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    root = course(tmp_path)
    assert init(root, "--dry-run") == 0
    assert text(root) == THEIRS.encode()
    said = capsys.readouterr().out
    assert f"+{BEGIN}" in said
    assert "+assay.settings.apply(get_config())" in said
    assert sorted(path.name for path in root.iterdir()) == ["nbgrader_config.py", "source"]


def test_a_course_without_a_configuration_gets_one(tmp_path: Path):
    root = course(tmp_path, None)
    assert init(root, "--dry-run") == 0
    assert not (root / "nbgrader_config.py").exists()
    assert init(root) == 0
    assert settings(root).Autograde.exporter_class == "assay.intake.IntakeExporter"


@pytest.mark.parametrize(
    ("config", "begins"),
    [
        (
            "c = get_config()\nc.CourseDirectory.course_id = 'x'",
            b"c = get_config()\nc.CourseDirectory.course_id = 'x'\n\n# >>>",
        ),
        (
            "c = get_config()\r\nc.CourseDirectory.course_id = 'x'\r\n",
            b"c = get_config()\r\nc.CourseDirectory.course_id = 'x'\r\n\r\n# >>>",
        ),
        (
            "# -*- coding: latin-1 -*-\nname = 'M\xfcller'\n".encode("latin-1"),
            b"# -*- coding: latin-1 -*-\nname = 'M\xfcller'\n\n# >>>",
        ),
        ("\ufeffc = get_config()\n", "\ufeffc = get_config()\n\n# >>>".encode()),
        ("", b"# >>>"),
        ("config = get_config()\nc = 5\n", b"config = get_config()\nc = 5\n\n# >>>"),
    ],
    ids=["no line end", "Windows", "Latin-1", "byte order mark", "empty", "another name"],
)
def test_the_file_stays_what_it_was_to_the_byte(tmp_path: Path, config: str | bytes, begins: bytes):
    root = course(tmp_path, config)
    assert init(root) == 0
    assert text(root).startswith(begins)
    if b"\r\n" in begins:
        assert b"\n" not in text(root).replace(b"\r\n", b"")
    assert settings(root).Autograde.exporter_class == "assay.intake.IntakeExporter"


def test_a_link_and_the_rights_of_the_file_stay(tmp_path: Path):
    root = course(tmp_path / "course", None)
    own = tmp_path / "shared.py"
    own.write_text(THEIRS)
    own.chmod(0o640)
    (root / "nbgrader_config.py").symlink_to(own)
    assert init(root) == 0
    assert (root / "nbgrader_config.py").is_symlink()
    assert BEGIN in own.read_text()
    assert own.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    ("line", "seconds"),
    [
        ("", 30),
        ("c.Execute.timeout = 90", 90),
        ("c.ExecutePreprocessor.timeout = 45", 45),
        ("c.ExecutePreprocessor.timeout = 45\nc.Execute.timeout = 20", 20),
        ("c.Execute.timeout = -1", 30),
        ("c.Execute.timeout = None", 30),
        ("c.Execute.timeout = float('inf')", 30),
    ],
)
def test_a_cell_may_take_as_long_as_before(tmp_path: Path, line: str, seconds: float, capsys):
    root = course(tmp_path, f"{THEIRS}{line}\n")
    assert init(root) == 0
    assert settings(root).ExecuteInTwoKernels.cell_seconds == seconds
    unlimited = any(word in line for word in ("-1", "inf"))
    assert ("Cells had no limit of time" in capsys.readouterr().out) is unlimited


REFUSED = {
    "preprocessors of their own": (
        "c.Autograde.autograde_preprocessors = ['nbgrader.preprocessors.Execute']",
        "sets c.Autograde.autograde_preprocessors, which assay has to set: take that line out",
    ),
    "a preprocessor added": (
        "c.Autograde.sanitize_preprocessors.append('mine.Tidy')",
        "sets c.Autograde.sanitize_preprocessors",
    ),
    "another feedback": ("c.GenerateFeedback.preprocessors = []", "sets c.GenerateFeedback.preprocessors"),
    "another mark of hidden tests": (
        "c.ClearHiddenTests.begin_test_delimeter = 'VERBORGEN'",
        "assay knows 'BEGIN HIDDEN TESTS' only, and would show students",
    ),
    "another structure": (
        "c.CourseDirectory.directory_structure = '{assignment_id}/{nbgrader_step}/{student_id}'",
        "it has to begin with {nbgrader_step}",
    ),
    "another root": ("c.CourseDirectory.root = '/srv/course'", "run assay init there"),
    "a line that is no Python": ("c.Autograde.x = ", "SyntaxError in line 5"),
    "an error": ("1 / 0", "cannot be read (ZeroDivisionError in line 5: division by zero): mend it first"),
    "an exit": ("import sys; sys.exit(3)", "cannot be read (SystemExit in line 5: 3): mend it first"),
    "a module that is not there": ("import no_such_module_at_all", "ModuleNotFoundError in line 5"),
    "half a block": (BEGIN, "holds a part of the block"),
    "the block's end first": (f"{END}\n{BEGIN}", "holds a part of the block"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_it_refuses_is_said_in_a_sentence_and_nothing_is_changed(
    tmp_path: Path, case: str, capsys: pytest.CaptureFixture[str]
):
    line, sentence = REFUSED[case]
    root = course(tmp_path, f"{THEIRS}{line}\n")
    before = text(root)
    assert init(root) == 1
    printed = capsys.readouterr()
    said = printed.out + printed.err
    assert sentence in said
    assert "Traceback" not in said
    assert text(root) == before
    assert sorted(path.name for path in root.iterdir()) == ["nbgrader_config.py", "source"]


def test_a_folder_that_is_no_course_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert init(tmp_path) == 1
    assert "is no course of nbgrader's" in capsys.readouterr().err
    assert init(tmp_path / "nowhere") == 1
    assert "is no folder" in capsys.readouterr().err
    (tmp_path / "nbgrader_config.py").mkdir()
    assert init(tmp_path) == 1
    assert "is no file" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["nbgrader_config.py"]


def test_a_course_without_an_assignment_is_set_up_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "nbgrader_config.py").write_text(THEIRS)
    assert init(tmp_path) == 0
    said = capsys.readouterr().out
    assert "There is no assignment yet" in said
    assert "nbgrader generate_assignment ASSIGNMENT" in said


def test_a_json_configuration_counts_as_theirs(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    root = course(tmp_path)
    (root / "nbgrader_config.json").write_text(json.dumps({"Autograde": {"exporter_class": "mine.Exporter"}}))
    assert init(root) == 1
    assert "c.Autograde.exporter_class" in capsys.readouterr().out
    (root / "nbgrader_config.json").write_text("{")
    assert init(root) == 1
    assert "nbgrader_config.json cannot be read" in capsys.readouterr().err


def test_settings_that_mean_something_else_now_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    lines = "c.Execute.allow_errors = True\nc.CourseDirectory.source_directory = 'masters'\nc.CourseDirectory.db_url = 'postgresql:///x'\n"
    root = course(tmp_path, "c = get_config()\n" + lines)
    assert init(root) == 0
    said = capsys.readouterr().out
    assert "c.Execute.allow_errors has no effect on grading" in said
    assert "grade with nbgrader autograde" in said
    assert "needs c.CourseDirectory.course_id" in said


def test_this_repositorys_own_course_is_under_assay_already(capsys: pytest.CaptureFixture[str]):
    before = text(ROOT)
    assert init(ROOT) == 0
    assert "under assay already" in capsys.readouterr().out
    assert text(ROOT) == before


def test_a_configuration_that_undoes_it_is_put_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """What reads the file may stop before its end, in a way that only shows when it is read again."""
    lines = f"{THEIRS}import pathlib\nif '{BEGIN[2:]}' in pathlib.Path(__file__).read_text():\n    get_config = dict().__class__\n"
    root = course(tmp_path, lines)
    before = text(root)
    assert init(root) == 1
    assert "nbgrader_config.py is as it was" in capsys.readouterr().err
    assert text(root) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    root = course(tmp_path)
    root.chmod(0o555)
    try:
        assert init(root) == 1
    finally:
        root.chmod(0o755)
    assert "cannot be written" in capsys.readouterr().err


def test_a_disk_that_is_full_is_said_and_leaves_the_file(tmp_path: Path, monkeypatch, capsys):
    root = course(tmp_path)
    before = text(root)

    def full(*arguments: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.mkstemp", full)
    assert init(root) == 1
    assert "cannot be written (No space left on device): nothing was changed" in capsys.readouterr().err
    assert text(root) == before

"""The command line as a person meets it: exit codes, sentences, and no virtual environment activated."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from course_copies import ROOT, copy_course

from assay import cli, engine


def test_an_assay_error_is_one_sentence_and_exit_code_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert cli.main(["build", "--course", str(tmp_path)]) == 1
    printed = capsys.readouterr().err
    assert "nbgrader_config.py" in printed
    assert "Traceback" not in printed


def test_an_unknown_command_is_exit_code_2(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as exit_:
        cli.main(["grad"])
    assert exit_.value.code == 2


@pytest.mark.parametrize("error", [RuntimeError("the disk is full"), KeyError("name")])
def test_an_unexpected_error_is_one_sentence(monkeypatch, capsys, error):
    monkeypatch.setattr(engine, "_run", lambda options: (_ for _ in ()).throw(error))
    assert cli.main(["grade", "--course", str(ROOT)]) == 1
    printed = capsys.readouterr().err
    assert type(error).__name__ in printed
    assert "--traceback" in printed
    with pytest.raises(type(error)):
        cli.main(["--traceback", "grade", "--course", str(ROOT)])


def test_an_interruption_is_exit_code_130(monkeypatch, capsys):
    def interrupted(options):
        raise KeyboardInterrupt

    monkeypatch.setattr(engine, "_run", interrupted)
    assert cli.main(["grade", "--course", str(ROOT)]) == 130
    assert "interrupted" in capsys.readouterr().err


@pytest.mark.parametrize(
    "program", [["assay", "grade", "gradient_descent"], ["nbgrader", "db", "student", "list"]]
)
def test_programs_of_the_environment_run_without_its_being_activated(tmp_path: Path, program: list[str]):
    # What counts is that the gradebook can be made, for which nbgrader looks for alembic; nothing has to run for that.
    course = copy_course(tmp_path, "source")
    submitted = tmp_path / "submitted/student/gradient_descent/gradient_descent.ipynb"
    submitted.parent.mkdir(parents=True)
    submitted.write_text("not a notebook", encoding="utf-8")
    environment = {**os.environ, "PATH": "/usr/bin:/bin"}
    environment.pop("VIRTUAL_ENV", None)
    name, *arguments = program
    finished = subprocess.run(
        [str(Path(sys.executable).parent / name), *arguments],
        cwd=course.root, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert "alembic" not in finished.stderr
    assert (tmp_path / "gradebook.db").is_file(), finished.stderr


@pytest.mark.parametrize("command", ["build", "grade", "variants", "sample"])
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as exit_:
        cli.main([command, "--help"])
    assert exit_.value.code == 0
    assert "usage: assay" in capsys.readouterr().out

"""What Binder builds from is what repo2docker reads, and the same that students install."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from course_copies import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

BINDER = ROOT / ".binder"
KIT = ROOT / "tools" / "student-kit"
#: The files that repo2docker looks for in this folder, of those that a Python repository can have.
KNOWN = {
    "apt.txt",
    "environment.yml",
    "postBuild",
    "requirements.txt",
    "runtime.txt",
    "start",
}


def project(folder: Path) -> dict:
    return tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def pins(lock: Path) -> dict[str, set[str]]:
    """The versions of each package that a lock names, with their conditions."""
    found: dict[str, set[str]] = {}
    for line in lock.read_text(encoding="utf-8").splitlines():
        if match := re.match(r"([\w.-]+)==([^\s;\\]+)", line):
            found.setdefault(match[1], set()).add(match[2])
    return found


def test_there_is_nothing_in_the_folder_that_repo2docker_does_not_read():
    assert {path.name for path in BINDER.iterdir()} <= KNOWN


def test_binder_installs_the_students_lock_and_nothing_else():
    lines = (BINDER / "requirements.txt").read_text(encoding="utf-8").splitlines()
    (line,) = [line for line in lines if line and not line.startswith("#")]
    assert (BINDER / line.removeprefix("-r ")).resolve() == (KIT / "requirements.txt").resolve()


def test_binders_python_is_one_that_the_lock_is_for():
    name = (BINDER / "runtime.txt").read_text(encoding="utf-8").strip()
    version = re.fullmatch(r"python-3\.(\d+)", name)
    assert version is not None
    lowest, highest = re.findall(r"3\.(\d+)", project(KIT)["requires-python"])
    assert int(lowest) <= int(version[1]) < int(highest)


def test_post_build_is_a_program_that_bash_can_read():
    program = BINDER / "postBuild"
    assert os.access(program, os.X_OK)
    assert program.read_bytes().startswith(b"#!/usr/bin/env bash\n")
    assert b"\r" not in program.read_bytes()
    subprocess.run(["bash", "-n", program], check=True)


def test_post_build_takes_away_what_a_student_must_not_see():
    text = (BINDER / "postBuild").read_text(encoding="utf-8")
    (removed,) = re.findall(r"^rm -rf (.*)$", text, re.MULTILINE)
    assert set(removed.split()) == {"source", "solutions", "submitted", "tests"}
    assert all((ROOT / name).is_dir() for name in removed.split())
    installed, copied, gone = (text.index(word) for word in ("pip install", "cp tools/", "rm -rf"))
    assert max(installed, copied) < gone


def test_every_pin_of_the_students_lock_is_one_of_the_graders():
    """Answers are marked with the versions that students have."""
    students, graders = pins(KIT / "requirements.txt"), pins(ROOT / "requirements.txt")
    assert students
    assert {name: versions for name, versions in students.items() if graders.get(name) != versions} == {}


def test_every_pin_of_the_students_lock_has_a_hash():
    text = (KIT / "requirements.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip()]
    assert [line[:60] for line in lines if not re.search(r"--hash=sha256:[0-9a-f]{64}", line)] == []


def test_the_students_package_asks_for_what_the_whole_one_asks_for():
    student, whole = project(KIT), project(ROOT)
    assert student["dependencies"] == whole["dependencies"]
    extras, others = student["optional-dependencies"], whole["optional-dependencies"]
    assert extras["tensorflow"] == others["tensorflow"]
    grader = [line for line in others["grader"] if line.startswith("nbgrader")]
    assert extras["lab"] == [*others["lab"], *grader]
    for name in ("version", "requires-python", "license"):
        assert student[name] == whole[name]


@pytest.mark.parametrize(
    "name", ["tensorflow", "tensorflow-cpu", "nbgrader", "jupyterlab", "numpy", "tensorboard"]
)
def test_the_students_lock_has_what_the_guide_promises(name: str):
    assert name in pins(KIT / "requirements.txt")

"""The gradebook in PostgreSQL: a real server, on a socket in a folder of its own."""

from __future__ import annotations

import glob
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from grading_course import TinyCourse
from nbgrader.api import Gradebook

from assay.engine import grade
from assay.errors import AssayError

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("workers")]


def program(name: str) -> str | None:
    """Debian keeps the server's programs away from the path."""
    return shutil.which(name) or next(iter(sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"))), None)


@pytest.fixture(scope="module")
def server() -> Iterator[Path]:
    """The folder of a server's socket."""
    initdb, control = program("initdb"), program("pg_ctl")
    if initdb is None or control is None:
        pytest.skip("PostgreSQL is not installed (Debian's package postgresql)")
    place = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    as_user: dict = {"cwd": place, "check": True, "stdout": subprocess.DEVNULL, "timeout": 120}
    if os.getuid() == 0:
        # The server refuses to run as root.
        nobody = pwd.getpwnam("nobody")
        os.chown(place, nobody.pw_uid, nobody.pw_gid)
        as_user.update(user=nobody.pw_uid, group=nobody.pw_gid, extra_groups=[])
    data, log = str(place / "data"), str(place / "log")
    try:
        subprocess.run([initdb, "-D", data, "-A", "trust", "-U", "grader", "--no-sync"], **as_user)
        options = f"-k {place} -c listen_addresses= -c fsync=off"
        subprocess.run([control, "-D", data, "-l", log, "-w", "-o", options, "start"], **as_user)
        try:
            yield place
        finally:
            subprocess.run([control, "-D", data, "-m", "immediate", "stop"], **as_user)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def course_at(folder: Path, db_url: str, course_id: str = "deep-learning") -> TinyCourse:
    tiny = TinyCourse(folder)
    config = tiny.root / "nbgrader_config.py"
    named = f"c.CourseDirectory.course_id = {course_id!r}\n"
    config.write_text(f"{config.read_text()}\nc.CourseDirectory.db_url = {db_url!r}\n{named}")
    tiny.submit("ada")
    tiny.submit("bob", {"double": "def double(x):\n    return x"})
    return tiny


def test_marks_stand_in_postgresql(server: Path, tmp_path: Path):
    url = f"postgresql+psycopg://grader@/postgres?host={server}"
    tiny = course_at(tmp_path / "course", url)
    results = grade(tiny.course, tiny.name, workers=2)
    assert [result.failure for result in results] == ["", ""]
    with Gradebook(url) as book:
        scores = {student: book.find_submission(tiny.name, student).score for student in ("ada", "bob")}
    assert scores == {"ada": 6.0, "bob": 3.0}
    assert not any(result.graded for result in grade(tiny.course, tiny.name))
    tiny.submit("bob")
    assert [result.graded for result in grade(tiny.course, tiny.name)] == [False, True]
    with Gradebook(url) as book:
        assert book.find_submission(tiny.name, "bob").score == 6.0
    assert not (tiny.root / "gradebook.db").exists()


def test_a_server_that_does_not_answer_is_said_in_a_sentence(tmp_path: Path):
    tiny = course_at(tmp_path / "course", f"postgresql+psycopg://grader@/postgres?host={tmp_path}")
    with pytest.raises(AssayError, match="server of the gradebook does not answer"):
        grade(tiny.course, tiny.name)


def test_a_course_without_a_name_is_said_in_a_sentence(tmp_path: Path):
    tiny = course_at(
        tmp_path / "course", f"postgresql+psycopg://grader@/postgres?host={tmp_path}", course_id=""
    )
    with pytest.raises(AssayError, match=r"set c\.CourseDirectory\.course_id"):
        grade(tiny.course, tiny.name)

"""A disk that is full stops the run with a sentence, keeps what was graded, and the next run goes on."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from grading_course import TinyCourse
from nbgrader.api import Gradebook, MissingEntry

from assay.engine import grade
from assay.errors import AssayError

pytestmark = pytest.mark.slow


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"no disk can be mounted here: {mounted.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def attempt(tiny: TinyCourse) -> str:
    try:
        (again,) = grade(tiny.course, tiny.name, ["bob"], feedback=False, force=True)
    except AssayError as error:
        return str(error)
    assert again.marks is not None, again.failure
    return str(again.marks.machine_points)


@pytest.mark.parametrize("left", [0, 60_000, 200_000])
def test_a_full_disk_costs_nothing_that_was_graded(disk: Path, left: int):
    tiny = TinyCourse(disk / "course")
    tiny.submit("ada")
    tiny.submit("bob", {"double": "def double(x):\n    return x"})
    grade(tiny.course, tiny.name, ["ada"], feedback=False)
    verdict = (disk / "course/reports/verdicts/tiny/ada.json").read_bytes()
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    (disk / "filler").write_bytes(b"#" * (free - left))

    for _ in range(2):
        said = attempt(tiny)
        # There may be room enough for this one.
        assert said.startswith("The disk is full") or (left and said == "3.0")
    assert (disk / "course/reports/verdicts/tiny/ada.json").read_bytes() == verdict
    (disk / "filler").unlink()
    with Gradebook(f"sqlite:///{tiny.root / 'gradebook.db'}") as book:
        assert book.find_submission(tiny.name, "ada").score == 6.0
        with suppress(MissingEntry):
            assert book.find_submission(tiny.name, "bob").score == 3.0
    results = grade(tiny.course, tiny.name, feedback=False)
    assert [result.marks.machine_points for result in results if result.marks] == [6.0, 3.0]
    assert list((tiny.root / "autograded").glob(".assay-?*/*")) == []

"""What is built and committed is what a rebuild gives, and the repository holds nothing that it should not."""

from __future__ import annotations

import re
import subprocess

import pytest
from course_copies import ROOT

from assay.build import check, orphans
from assay.course import Course

COURSE = Course.at(ROOT)
#: Products of grading, running and editing, which are never committed.
PRODUCTS = re.compile(
    r"\.ipynb_checkpoints|gradebook\.db|\.pyc$|\.nbgrader\.log|(^|/)\.venv/|^feedback/|^autograded/(?!README)"
)


def tracked_files() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is not a git checkout")
    return listed.stdout.split("\0")[:-1]


@pytest.mark.xdist_group("rebuild")
@pytest.mark.parametrize("assignment", COURSE.assignments())
def test_a_rebuild_gives_what_is_committed_and_passes_every_gate(assignment: str):
    assert check(COURSE, assignment) == []


def test_nothing_is_left_of_an_assignment_that_is_gone():
    assert orphans(COURSE) == []


def test_no_product_of_a_run_is_committed():
    assert [name for name in tracked_files() if PRODUCTS.search(name)] == []


def test_no_path_of_a_machine_is_committed():
    texts = [ROOT / name for name in tracked_files() if not name.endswith((".png", ".jpg"))]
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in texts
        if path.is_file()
        for match in re.finditer(
            r"(?<![\w/.}-])/(?:work|root|home|Users|tmp)/\w+", path.read_text(encoding="utf-8")
        )
        # Every kernel sees its own folders under these names, wherever they lie outside.
        if "tests" not in path.parts and match.group() not in ("/tmp/work", "/tmp/home", "/tmp/tmp")
    ]
    assert found == []


def test_the_release_holds_no_marker_of_a_solution_a_hidden_test_or_a_rubric():
    markers = re.compile("BEGIN SOLUTION|HIDDEN TESTS|MARK SCHEME")
    files = [path for path in (ROOT / "release").rglob("*") if path.is_file()]
    assert files
    # Pictures among them: any byte is a character of this encoding.
    assert [str(path) for path in files if markers.search(path.read_text(encoding="latin-1"))] == []

"""docs/author.md: every command in the order of the page, in a copy of its course; and what it says of the course is so."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from page_commands import ROOT, Ran, blocks_of, complaints, run_page

from assay.calibration import problems, read_calibration
from assay.course import Course

PAGE = ROOT / "docs/author.md"
EXAMPLE = ROOT / "docs/example-course"

pytestmark = pytest.mark.xdist_group("author_page")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the reader of the page stands: a folder with the example in it."""
    place = tmp_path_factory.mktemp("author")
    shutil.copytree(EXAMPLE, place / "docs/example-course")
    return place


@pytest.fixture(scope="module")
def runs(place: Path) -> list[Ran]:
    return run_page(PAGE, place)


def test_every_command_of_the_page_works_and_prints_what_the_page_says(runs: list[Ran]):
    commands = {" ".join(line.split()[:2]) for run in runs for line in run.block.text.split("\n")}
    assert {"assay build", "assay variants", "assay calibrate", "assay sample", "assay grade"} <= commands
    assert all(run.expected for run in runs)
    assert complaints(runs) == []


def test_the_stored_calibration_is_what_the_command_measures(runs: list[Ran], place: Path):
    assert complaints(runs) == []
    path = "tests/calibration/slope.json"
    [stored], [measured] = (
        json.loads((folder / path).read_text(encoding="utf-8"))["thresholds"]
        for folder in (EXAMPLE, place / "my-course")
    )
    for name, values in stored.pop("values").items():
        assert measured["values"][name] == pytest.approx(values, rel=1e-3), name
    assert stored == {key: value for key, value in measured.items() if key != "values"}


def test_the_first_threshold_that_the_page_tells_of_was_too_near():
    calibration = read_calibration(Course.at(EXAMPLE), "slope")
    assert problems(calibration) == []
    [threshold] = calibration.thresholds
    [first] = re.findall(r"The first threshold was (\d+)", PAGE.read_text(encoding="utf-8"))
    [problem] = problems(replace(calibration, thresholds=(replace(threshold, value=float(first)),)))
    assert "it passes degenerate_shuffled_labels" in problem


def test_code_on_the_page_stands_in_the_example():
    texts = [path.read_text(encoding="utf-8") for path in EXAMPLE.rglob("*.py")]
    snippets = [block.text for block in blocks_of(PAGE) if block.language == "python"]
    assert len(snippets) >= 3
    assert [snippet for snippet in snippets if not any(snippet in text for text in texts)] == []


def test_the_examples_settings_are_the_courses_but_for_the_time_limits():
    ours, example = Course.at(ROOT).config(), Course.at(EXAMPLE).config()
    del example["CourseDirectory"]["root"], example["ExecuteInTwoKernels"]
    assert {"Autograde", "GenerateAssignment", "GenerateFeedback", "ClearMarkScheme"} <= set(example)
    for section, settings in example.items():
        for name, value in settings.items():
            assert ours[section][name] == value, f"{section}.{name}"


def test_nothing_that_is_built_is_committed_with_the_example():
    files = {path.relative_to(EXAMPLE).as_posix() for path in EXAMPLE.rglob("*") if path.is_file()}
    assert {path for path in files if not path.startswith("tests/variants/")} == {
        "nbgrader_config.py",
        "source/slope.py",
        "tests/calibration/slope.json",
    }

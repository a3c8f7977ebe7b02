"""What marks follow from besides submission and master: a change of it means that a submission is graded again."""

from __future__ import annotations

import platform
import sys
from importlib import metadata
from pathlib import Path

import pytest
from course_cells import cell
from nbformat.v4 import new_notebook

from assay import versions


@pytest.fixture(autouse=True)
def forget():
    versions._versions.cache_clear()
    yield
    versions._versions.cache_clear()


def of(*sources: str) -> dict[str, str]:
    return versions.versions_of(
        new_notebook(cells=[cell(f"c{n}", source) for n, source in enumerate(sources)])
    )


def test_what_is_imported_counts_and_what_that_requires():
    found = of("import matplotlib.pyplot as plt")
    assert found["python"] == platform.python_version()
    assert found["matplotlib"] == metadata.version("matplotlib")
    assert found["numpy"] == metadata.version("numpy")
    assert found["ipykernel"] == metadata.version("ipykernel")
    assert "tensorflow" not in found
    assert "tensorflow-cpu" not in found


def test_what_is_not_imported_does_not_count():
    assert "ruff" not in of("import numpy")
    assert "json" not in of("import json")


def test_the_grader_counts_by_its_source():
    assert of("pass")["assay"].startswith("of source ")


def test_a_module_beside_no_distribution_counts_by_its_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "own_helpers.py").write_text("answer = 41\n")
    before = of("import own_helpers")
    assert before["own_helpers"].startswith("of source ")
    (tmp_path / "own_helpers.py").write_text("answer = 42\n")
    versions._versions.cache_clear()
    after = of("import own_helpers")
    assert versions.digest_of(before) != versions.digest_of(after)
    assert versions.different(after, before) == [
        f"own_helpers {before['own_helpers']} and not {after['own_helpers']}"
    ]
    assert "own_helpers" not in sys.modules


def test_a_module_that_is_not_there_is_left_out():
    assert "no_such_module" not in of("import no_such_module")


def test_a_package_that_is_missing_is_named():
    assert versions.different({"numpy": "2.1", "zmq": "1"}, {"zmq": "1"}) == ["numpy missing and not 2.1"]

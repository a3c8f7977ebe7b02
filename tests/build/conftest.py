"""A course of one small assignment, made anew for each test."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assay import build as build_module
from assay.build import build
from assay.course import Course

CONFIG = """\
from assay.build import DropBuildStamp
from nbgrader.converters import GenerateAssignment

c = get_config()
c.CourseDirectory.course_id = "tiny"
c.ClearMarkScheme.enforce_metadata = False
c.GenerateAssignment.preprocessors = [DropBuildStamp, *GenerateAssignment.preprocessors.default_args[0]]
"""


def header(kind: str = "", **metadata: Any) -> str:
    """A cell header line; metadata of an nbgrader cell is completed."""
    metadata = {
        "grade": False,
        "locked": False,
        "solution": False,
        "task": False,
        "schema_version": 3,
    } | metadata
    return f"# %% {kind + ' ' if kind else ''}nbgrader={json.dumps(metadata)}"


TEXT = f"""\
# ---
# jupyter:
#   kernelspec:
#     name: python3
# ---
# The header of this text, kept by hand.

# %% [markdown]
# # A tiny assignment
# 4.5 points in all.

# %%
# copy the list before you change it
# %load_ext autoreload
import math

# %% [markdown]
# ## Part A (2 points): square

{header(solution=True, grade_id="square")}
def square(x):
    \"\"\"The square of x.\"\"\"
    ### BEGIN SOLUTION
    product_of_both = x * x
    return product_of_both
    ### END SOLUTION


{header(grade=True, locked=True, grade_id="square_test", points=2)}
assert square(2) == 4
### BEGIN HIDDEN TESTS
assert square(-3.5) == 12.25, "a hidden claim"
### END HIDDEN TESTS

# %% [markdown]
# ## Part B (2.5 points): explain

{header("[markdown]", locked=True, grade_id="why_task")}
# Why is a square never negative?
# ### BEGIN MARK SCHEME
# - 1 point for naming both signs
# ### END MARK SCHEME

{header("[markdown]", grade=True, solution=True, grade_id="why", points=2.5)}
# Both factors have the same sign, so their product is not negative.

# %%
print("root", math.sqrt(16))
"""


def _write_course(root: Path, text: str = TEXT) -> Course:
    (root / "source" / "tiny").mkdir(parents=True)
    (root / "nbgrader_config.py").write_text(CONFIG, "utf-8")
    (root / "source" / "tiny.py").write_text(text, "utf-8")
    (root / "source" / "tiny" / "data.csv").write_text("x,y\n1,2\n", "utf-8")
    return Course.at(root)


@pytest.fixture
def tiny_text() -> str:
    return TEXT


@pytest.fixture
def cell_header() -> Callable[..., str]:
    return header


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course that was never built."""
    return _write_course(tmp_path / "course")


@pytest.fixture(scope="session")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    course = _write_course(tmp_path_factory.mktemp("built") / "course")
    build(course, "tiny")
    return course.root


@pytest.fixture
def built(built_once: Path, tmp_path: Path) -> Course:
    """A copy of a course that was built by all steps and gates."""
    shutil.copytree(built_once, tmp_path / "built")
    return Course.at(tmp_path / "built")


@pytest.fixture
def no_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Build without running a cell: for tests of what is done with the files."""
    monkeypatch.setattr(build_module, "run_notebook", lambda notebook, *_, **__: notebook)
    monkeypatch.setattr(build_module.gates, "gate_validates", lambda *_: None)
    monkeypatch.setattr(build_module.gates, "gate_untouched_earns_nothing", lambda *_: None)

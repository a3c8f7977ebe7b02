"""Makes the helper modules of these tests importable; pytest's importlib mode puts no folder on the path."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of feedback that has every kind of box, made by nbgrader's own converter with the course's settings."""
    from feedback_course import FeedbackCourse

    return FeedbackCourse(tmp_path_factory.mktemp("feedback") / "course").page()

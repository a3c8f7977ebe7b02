"""What an installed package asks for is there in both kernels, to be read and not to be changed."""

from __future__ import annotations

import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest
import small_notebooks as small

from assay import surroundings
from assay.errors import AssayError
from assay.kernels import Sandbox
from assay.kernels.isolation import Isolation, attempt
from assay.kernels.launching import Launch
from assay.surroundings import Surroundings, of_installed_packages
from assay.two_kernels import run_in_two_kernels
from assay.verdict import Status


@pytest.fixture
def installed(monkeypatch):
    """Pretend that packages with these functions are installed."""

    def install(*functions):
        points = [
            SimpleNamespace(name=f"package{number}", value=f"package{number}:it", load=lambda it=it: it)
            for number, it in enumerate(functions)
        ]
        monkeypatch.setattr(surroundings, "entry_points", lambda group: points)

    return install


def test_folders_and_variables_of_all_packages_are_joined(installed, tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    installed(lambda: ([one], {"A": "1"}), lambda: ([other], {"B": "2"}))
    assert of_installed_packages() == Surroundings((one, other), {"A": "1", "B": "2"})


def test_a_folder_that_is_not_there_is_left_out(installed, tmp_path):
    installed(lambda: ([tmp_path / "nowhere"], {}))
    assert of_installed_packages().read_only == ()


def test_a_function_that_fails_is_named_in_one_sentence(installed):
    installed(lambda: 1 / 0)
    with pytest.raises(AssayError, match=r"package0:it.*ZeroDivisionError"):
        of_installed_packages()


def test_a_function_that_returns_something_else_is_named_in_one_sentence(installed):
    installed(lambda: None)
    with pytest.raises(AssayError, match="package0:it"):
        of_installed_packages()


@pytest.fixture(params=["bubblewrap", "landlock"])
def tier(request):
    found, why_not = attempt(Isolation(request.param))
    if found is None:
        pytest.skip(f"{request.param} does not work here: {why_not}")
    return found


@pytest.fixture
def open_folder():
    """A folder that every user can read; pytest's own are closed."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.slow
@pytest.mark.parametrize("warm", [None, ()], ids=["started", "forked"])
def test_both_kernels_read_the_folder_and_the_variable_and_neither_writes(tier, open_folder, warm):
    (open_folder / "digits.txt").write_text("0123")
    source = """
import os
from pathlib import Path
folder = Path(os.environ["COURSE_DATA"])
digits = (folder / "digits.txt").read_text()
try:
    (folder / "digits.txt").write_text("x")
    written = True
except OSError:
    written = False
"""
    test = "assert mine == (digits, written) == ('0123', False), (mine, digits, written)"
    master = small.notebook(
        small.cell("locked", "setup", source),
        small.cell("solution", "answer", "mine = (digits, written)"),
        small.cell("test", "both", test),
    )
    run = run_in_two_kernels(
        small.answered(master, {}),
        master,
        surroundings=Surroundings((open_folder,), {"COURSE_DATA": str(open_folder)}),
        tier=tier,
        warm=warm,
    )
    assert [verdict.status for verdict in run.verdicts] == [Status.PASSED], run.verdicts
    assert (open_folder / "digits.txt").read_text() == "0123"


def test_a_folder_that_the_submissions_user_cannot_read_is_named(tier, open_folder):
    if not tier.private_user:
        pytest.skip("submissions run as the user who grades")
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(AssayError, match=r"cannot read .*closed to others: open it"):
        Launch(Sandbox(read_only=(closed,), tier=tier), tier)

"""What travels to where a submission is run, and back: bytes and plain values, never a path of this machine."""

from __future__ import annotations

import json
import tempfile
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any

import nbformat
from traitlets.config import Config

from assay.errors import AssayError
from assay.execute import ExecuteInTwoKernels
from assay.folders import read_master
from assay.versions import versions_of

NOTEBOOK = ".ipynb"


@dataclass(frozen=True)
class CourseSide:
    """What every submission of an assignment is run with; it holds hidden tests.

    Attributes
    ----------
    files
        The files of ``source/<assignment>``, masters included, by their paths in it.
    settings
        Those of `assay.execute.ExecuteInTwoKernels`, as JSON has them.
    kept
        Paths of files that a submission may have its own version of (``Autograde.exclude_overwriting``).
    """

    assignment: str
    files: Mapping[str, bytes]
    settings: Mapping[str, Any]
    kept: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What came of running a submission.

    Attributes
    ----------
    notebooks
        The notebooks as run, by file name, as JSON text.
    failure
        One sentence on why it could not be run, or empty.
    seconds
        Wall-clock seconds of it.
    versions
        See `assay.versions.versions_of`.
    details
        The traceback of a failure nobody thought of, for the log.
    """

    notebooks: Mapping[str, str] = field(default_factory=dict)
    failure: str = ""
    seconds: float = 0.0
    versions: Mapping[str, str] = field(default_factory=dict)
    details: str = ""


# Warm processes serve one submission at a time.
_one_at_a_time = Lock()


def run_submission(course: CourseSide, submission: Mapping[str, bytes]) -> Outcome:
    """Run a submission in this process's sandboxes.

    Parameters
    ----------
    submission
        What `assay.intake.stage` has read and rebuilt: files by their paths. Nothing of it has been run.
    """
    with _one_at_a_time:
        started = monotonic()
        try:
            notebooks, versions = _run(course, submission)
        except AssayError as error:
            return Outcome(failure=f"grader error: {error}", seconds=monotonic() - started)
        except Exception as error:
            return Outcome(
                failure=f"grader error: {type(error).__name__}: {_first_line(error)}",
                seconds=monotonic() - started,
                details=traceback.format_exc(),
            )
        return Outcome(notebooks, seconds=monotonic() - started, versions=versions)


def read_files(folder: Path, names: Iterable[Path]) -> dict[str, bytes]:
    """Files of a folder that nobody but us writes to, by their paths in it."""
    return {name.as_posix(): (folder / name).read_bytes() for name in names}


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a folder of ours, over those that are there."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _run(course: CourseSide, submission: Mapping[str, bytes]) -> tuple[dict[str, str], dict[str, str]]:
    execute = ExecuteInTwoKernels(config=Config({"ExecuteInTwoKernels": dict(course.settings)}))
    given = {
        name: content
        for name, content in course.files.items()
        if not name.endswith(NOTEBOOK) and not (name in course.kept and name in submission)
    }
    notebooks, versions = {}, {}
    with tempfile.TemporaryDirectory(prefix="assay-", ignore_cleanup_errors=True) as place:
        source, files = Path(place, "course"), Path(place, "submission")
        write_files(source, course.files)
        write_files(files, {**submission, **given})
        for master_path in sorted(source.glob(f"*{NOTEBOOK}")):
            name = master_path.name
            if name in submission:
                master = read_master(master_path)
                versions.update(versions_of(master))
                notebook = nbformat.reads(submission[name].decode(), as_version=4)
                ran = execute.run(notebook, master, course.assignment, files=files, course_files=source)
                notebooks[name] = json.dumps(ran)
    return notebooks, versions


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or ["no message"])[0][:200]

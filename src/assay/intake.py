"""Takes submissions in for nbgrader: what it copies, reads and grades was read as data and rebuilt on the master first."""

from __future__ import annotations

import fnmatch
import glob
import os
import re
import tempfile
from asyncio import CancelledError
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters.autograde import Autograde
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import parse_utc
from sqlalchemy.exc import OperationalError

from assay.cells import grade_id, role
from assay.errors import AssayError
from assay.rebuild import likeness, rebuild
from assay.submission import (
    IntakeLimits,
    MissingNotebook,
    Submission,
    read_small,
    read_submission,
    write_files,
)
from assay.untrusted import Unreadable

TIMESTAMP = "timestamp.txt"
ROLES = ("grade", "solution", "locked", "task")
# nbgrader uses the path of the staging folder as a pattern.
_PLAIN_PATH = re.compile(r"[\w/.-]+")
_YEAR = re.compile(r"\b(19|20)\d\d\b")


class SubmissionsFailed(NbGraderException):
    """Some submissions could not be graded, the others were; ``reasons`` has one sentence for each, by student."""

    def __init__(self, reasons: dict[str, str]) -> None:
        """Make the message of the reasons."""
        self.reasons = reasons
        listed = "\n".join(f"{student}: {reason}" for student, reason in reasons.items())
        super().__init__(f"{len(reasons)} of the submissions could not be graded.\n{listed}")


class IntakeExporter(NotebookExporter):
    """nbgrader's usual exporter; to name it in ``Autograde.exporter_class`` is what brings the intake into nbgrader.

    nbgrader imports this module when it makes an ``Autograde``, be it for its command line, the formgrader or
    ``assay grade``, and importing it calls ``install``.
    """


class RequireIntake(NbGraderPreprocessor):
    """Refuse a notebook that did not come through the intake: nothing of it was checked."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Pass ``nb`` on as it is, or raise."""
        converter = getattr(self.parent, "parent", None)
        if not getattr(converter, "assay_staged", False):
            raise AssayError(
                "The submission was not read by assay: set c.Autograde.exporter_class to 'assay.intake.IntakeExporter'."
            )
        return nb, resources


def install() -> None:
    """Put the intake in front of ``Autograde.start``: assay's one patch of nbgrader.

    nbgrader copies and parses what a student handed in before its first preprocessor runs: it follows links, waits
    for pipes, and some damage ends the loop over students. So ``start`` stages every submission by itself (see
    ``stage``) and has nbgrader's own ``start`` grade what was staged. Converters whose settings name nothing of
    assay's run unchanged. Calling this again changes nothing.
    """
    if getattr(Autograde.start, "of_assay", False):
        return

    def start(self: Any) -> None:
        if _uses_assay(self):
            _start_each(self)
        else:
            BaseConverter.start(self)

    start.of_assay = True  # type: ignore[attr-defined]
    Autograde.start = start


def stage(
    course: CourseDirectory, student: str, target: Path, limits: IntakeLimits | None = None
) -> list[str]:
    """Write what can be graded of a submission into the folder ``target``: rebuilt notebooks, files, the timestamp.

    The metadata of each notebook hold, as ``assay``, ``repairs`` (sentences) and ``submitted_outputs`` (see
    ``assay.rebuild.Rebuilt``: not cleaned).

    Returns
    -------
    repairs
        Sentences on what was repaired or left out.

    Raises
    ------
    Unreadable
        When no notebook can be read; nothing was written then.
    """
    limits = limits or IntakeLimits()
    folder = Path(course.format_path(course.submitted_directory, student, course.assignment_id))
    masters = _masters(course)
    submissions = _read(folder, masters, course, limits)
    target.mkdir(parents=True, exist_ok=True)
    one = next(iter(submissions.values()))
    files = tuple(file for file in one.files if str(file.path) != TIMESTAMP)
    notes = write_files(replace(one, files=files), target, limits=limits)
    notes += _stamp(folder, target)
    everything = []
    for name, submission in submissions.items():
        rebuilt = rebuild(submission.notebook, masters[name], _handed_out(course, Path(name).stem))
        # What concerns the whole submission is said once.
        repairs = [*dict.fromkeys([*notes, *submission.notes, *rebuilt.repairs])]
        notes = []
        rebuilt.notebook.metadata["assay"] = {
            "repairs": repairs,
            "submitted_outputs": rebuilt.submitted_outputs,
        }
        nbformat.write(rebuilt.notebook, target / name)
        everything += repairs
    return everything


def _read(
    folder: Path, masters: dict[str, NotebookNode], course: CourseDirectory, limits: IntakeLimits
) -> dict[str, Submission]:
    """The notebooks of a submission by name; of several, some may be missing."""
    found: dict[str, Submission] = {}
    missing: MissingNotebook | None = None
    taken = set(masters)
    for name, master in masters.items():
        try:
            submission = read_submission(
                folder,
                name,
                limits=limits,
                ignore=course.ignore,
                others=taken - {name},
                likeness=lambda notebook, master=master: likeness(notebook, master),  # type: ignore[misc]
            )
        except MissingNotebook as error:
            missing = missing or error
            continue
        found[name] = submission
        taken.add(str(submission.path))
    if not found and missing is not None:
        raise missing
    return found


def _masters(course: CourseDirectory) -> dict[str, NotebookNode]:
    """The master notebooks of the assignment by file name."""
    folder = Path(course.format_path(course.source_directory, ".", course.assignment_id))
    paths = [
        path
        for path in sorted(folder.glob("*.ipynb"))
        if not any(fnmatch.fnmatch(path.name, pattern) for pattern in course.ignore)
    ]
    if not paths:
        raise NbGraderException(
            f"{folder} holds no notebook: submissions are rebuilt on the instructor's version of it."
        )
    return {path.name: nbformat.read(path, as_version=4) for path in paths}


def _handed_out(course: CourseDirectory, notebook: str) -> dict[str, str]:
    """Sources of the cells as they were handed out, which the gradebook keeps."""
    with Gradebook(course.db_url, course.course_id) as gradebook:
        try:
            cells = gradebook.find_notebook(notebook, course.assignment_id).source_cells
        except MissingEntry:
            return {}
        return {cell.name: cell.source or "" for cell in cells}


def _stamp(folder: Path, target: Path) -> list[str]:
    """Write the time of a submission where it can be read as one; a garbled one must not lose the submission."""
    if not os.path.lexists(folder / TIMESTAMP):
        return []
    text = read_small(folder, TIMESTAMP).decode("utf-8", "replace").strip()
    try:
        if not text.isprintable() or not _YEAR.search(text) or len(text) > 100:
            raise ValueError(text)
        parse_utc(text)
    except Exception:
        # dateutil raises many kinds of errors.
        return [f"{TIMESTAMP} holds no time that can be read; the submission counts as one without a time."]
    (target / TIMESTAMP).write_text(text + "\n", encoding="utf-8")
    return []


def _uses_assay(converter: Any) -> bool:
    named = [*converter.sanitize_preprocessors, *converter.autograde_preprocessors, converter.exporter_class]
    return any(
        (one if isinstance(one, str) else getattr(one, "__module__", "")).startswith("assay.")
        for one in named
    )


def _start_each(converter: Any) -> None:
    """Stage and grade every submission by itself; in the end raise what could not be graded."""
    course = converter.coursedir
    _check_gradebook(course)
    students = _students(converter)
    if not students:
        # nbgrader says it in its own words.
        converter.init_notebooks()
    reasons: dict[str, str] = {}
    for student in students:
        try:
            _start_one(converter, student)
        except (Exception, CancelledError) as error:
            if _of_gradebook(error):
                raise
            reasons[student] = _reason(error)
            converter.log.error("%s: %s", student, reasons[student])
    if reasons:
        raise SubmissionsFailed(reasons)


def _start_one(converter: Any, student: str) -> None:
    course = converter.coursedir
    with tempfile.TemporaryDirectory(prefix="assay-", ignore_cleanup_errors=True) as staging:
        for sentence in stage(course, student, staged_folder(course, student, staging)):
            converter.log.warning("%s: %s", student, sentence)
        grade_staged(converter, student, staging)


def grade_staged(
    converter: Any,
    student: str,
    staging: str,
    *,
    executed: Mapping[str, NotebookNode] | None = None,
    autograded: str = "",
) -> None:
    """Have nbgrader's own ``start`` grade what was staged.

    Parameters
    ----------
    staging
        The folder of submissions in which `stage` has written this one; see `staged_folder`.
    executed
        What came of running its notebooks, by file name, when that was done before.
    autograded
        Where the autograded submission is written to, in the place of the configured folder.
    """
    settings = {"submitted_directory": staging, "student_id": glob.escape(student)}
    if autograded:
        settings["autograded_directory"] = autograded
    with _set(converter.coursedir, settings), _staged(converter, executed) as errors:
        try:
            BaseConverter.start(converter)
        except NbGraderException as general:
            if errors and not _of_gradebook(general):
                # Raising it here would forget what it came from.
                error = errors[-1]
                raise error from error.__cause__ or error.__context__ or general
            raise


def _students(converter: Any) -> list[str]:
    """Who handed in, as nbgrader finds it out, but for those who are excluded."""
    course = converter.coursedir
    pattern = course.format_path(course.submitted_directory, course.student_id, course.assignment_id)
    named = course.format_path(
        course.submitted_directory, "(?P<student>[^/]+)", re.escape(course.assignment_id), escape=True
    )
    excluded = course.student_id_exclude.split(",")
    found = {
        match["student"]
        for path in glob.glob(pattern)
        if os.path.isdir(path) and (match := re.fullmatch(named, path))
    }
    return sorted(found - set(excluded))


def staged_folder(course: CourseDirectory, student: str, staging: str) -> Path:
    """Where nbgrader looks for a submission when ``staging`` is the folder of submissions."""
    target = course.format_path(staging, student, course.assignment_id)
    if not target.startswith(staging + os.sep):
        raise AssayError(
            "CourseDirectory.directory_structure must begin with {nbgrader_step}: submissions are staged elsewhere."
        )
    if not _PLAIN_PATH.fullmatch(staging):
        raise AssayError(
            f"nbgrader cannot work in {staging}: set TMPDIR to a folder with letters and digits only in its path."
        )
    return Path(target)


def _check_gradebook(course: CourseDirectory) -> None:
    """Say once for the class that the gradebook knows the assignment not at all or with other cells."""
    advice = f"run: nbgrader generate_assignment {course.assignment_id}"
    for name, master in _masters(course).items():
        cells = {grade_id(cell) for cell in master.cells if any(role(cell).get(key) for key in ROLES)}
        with Gradebook(course.db_url, course.course_id) as gradebook:
            try:
                notebook = gradebook.find_notebook(Path(name).stem, course.assignment_id)
            except MissingEntry:
                raise NbGraderException(
                    f"The gradebook does not know {name} of {course.assignment_id}: {advice}"
                ) from None
            differing = cells ^ {cell.name for cell in notebook.source_cells}
        if differing:
            raise NbGraderException(
                f"The cells of source/{course.assignment_id}/{name} are not those of the gradebook "
                f"({', '.join(sorted(differing))}): {advice}"
            )


def _of_gradebook(error: BaseException) -> bool:
    """Whether the gradebook as a whole is at fault, and no submission."""
    return any(
        isinstance(one, OperationalError) for one in (error, error.__context__, error.__cause__) if one
    )


def _reason(error: BaseException) -> str:
    if isinstance(error, Unreadable):
        return f"unreadable: {error}"
    lines = str(error).strip().splitlines()
    return f"not graded: {type(error).__name__}" + (f": {lines[0][:200]}" if lines else "")


@contextmanager
def _set(course: CourseDirectory, values: dict[str, str]) -> Iterator[None]:
    before = {name: getattr(course, name) for name in values}
    try:
        for name, value in values.items():
            setattr(course, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(course, name, value)


@contextmanager
def _staged(converter: Any, executed: Mapping[str, NotebookNode] | None) -> Iterator[list[Exception]]:
    """Let the preprocessors see that the intake is at work and what was run, and keep the errors that nbgrader only logs."""
    errors: list[Exception] = []

    def keeping(step: Callable[..., Any]) -> Callable[..., Any]:
        def kept(*arguments: str) -> Any:
            try:
                return step(*arguments)
            except Exception as error:
                errors.append(error)
                raise

        return kept

    steps = ("init_destination", "init_assignment", "convert_single_notebook")
    converter.assay_staged = True
    converter.assay_executed = executed
    for name in steps:
        setattr(converter, name, keeping(getattr(converter, name)))
    try:
        yield errors
    finally:
        for name in steps:
            delattr(converter, name)
        converter.assay_staged, converter.assay_executed = False, None


install()

"""One assignment of a course on its way through nbgrader's own converters, one submission at a time."""

from __future__ import annotations

import glob
import hashlib
import json
import logging
import os
import stat
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import find_all_files
from sqlalchemy.exc import OperationalError

from assay import __version__
from assay.cells import grade_id
from assay.course import CONFIG_NAME, Course
from assay.errors import AssayError
from assay.gradebook import isolation_of, read_marks
from assay.intake import SubmissionsFailed
from assay.kernels import choose
from assay.notebook import Unreadable, list_files
from assay.results import Result
from assay.verdict import plain

LOG_NAME = ".nbgrader.log"
DIGESTS_NAME = ".assay.json"
REASON_LENGTH = 200
#: A larger file counts by its beginning, its size and its time.
DIGEST_BYTES = 256 << 20
LOGGERS = ("assay.nbgrader", "traitlets", "py.warnings", "alembic", "asyncio")


class Desk:
    """Records one assignment, grades its submissions one by one, and writes what students get back."""

    def __init__(self, course: Course, assignment: str, isolation: str | None = None) -> None:
        """Take the settings of the course as they are now.

        Raises
        ------
        AssayError
            When nothing on this machine can keep a submission from doing harm.
        """
        self.course = course
        self.assignment = assignment
        self.config = course.config()
        if isolation:
            self.config.ExecuteInTwoKernels.isolation = isolation
        # One process grades many: what it keeps between them is its own, and gone with it.
        self.config.ExecuteInTwoKernels.setdefault("warm", True)
        # Before anything is graded: without a wall nothing may start.
        choose(self.config.ExecuteInTwoKernels.get("isolation") or None)
        self.log = logging.getLogger("assay.nbgrader")
        self.folders = CourseDirectory(config=self.config, log=self.log)
        self.digests = _Digests(course.root / self.folders.autograded_directory / DIGESTS_NAME)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Keep nbgrader's log off the screen, and say in a sentence what is wrong with the whole gradebook."""
        with _logging_to(self.course.root / LOG_NAME), _gradebook_errors():
            yield

    def record_master(self) -> None:
        """Bring the master into the gradebook, unless it stands there as it is in ``source/``.

        Raises
        ------
        AssayError
            When the master's graded cells are others than those that submissions were graded with.
        """
        master, recorded = self._master_cells(), self._recorded_cells()
        if master == recorded:
            return
        with tempfile.TemporaryDirectory(prefix="assay-") as release:
            converter = self._converter(_GenerateAssignment, release_directory=release)
            try:
                _start(converter)
            except OperationalError:
                raise
            except Exception as error:
                if recorded and set(master) != set(recorded) and "submissions" in str(error):
                    raise AssayError(self._changed_cells(set(master), set(recorded))) from error
                raise AssayError(
                    f"nbgrader refuses source/{self.assignment}: {_reason(error)} Run: assay build {self.assignment}"
                ) from error

    def grade(self, student: str, *, force: bool, feedback: bool) -> Result:
        """Grade one submission when that is due, and give its marks in any case."""
        started = monotonic()
        digest = self._digest(student)
        earlier = self._autograded(student).is_dir()
        due = force or self.digests.get(self.assignment, student) != digest
        if due or not earlier:
            failure = self._autograde(student)
            self.digests.put(self.assignment, student, "" if failure else digest)
            if failure:
                failure += " The gradebook keeps the marks of the version before." if earlier else ""
                return Result(
                    student, self.assignment, None, failure, graded=False, seconds=monotonic() - started
                )
            due = True
        with Gradebook(self.folders.db_url) as gradebook:
            marks = read_marks(gradebook, self._autograded(student), self.assignment, student)
            isolation = isolation_of(self._autograded(student))
        seconds = monotonic() - started
        notes = marks.incidents + (self._write_feedback(student) if feedback else ())
        return Result(
            student,
            self.assignment,
            marks,
            graded=due,
            seconds=seconds if due else 0.0,
            notes=notes,
            isolation=isolation,
        )

    def _autograde(self, student: str) -> str:
        """Have nbgrader grade a submission; the sentence on what went wrong, or nothing."""
        converter = self._converter(Autograde, student_id=glob.escape(student))
        converter.force = True
        try:
            converter.start()
        except SubmissionsFailed as failed:
            return failed.reasons[student]
        except OperationalError:
            raise
        except Exception as error:
            return f"not graded: {_reason(error)}"
        return ""

    def _write_feedback(self, student: str) -> tuple[str, ...]:
        """Have nbgrader write the feedback; sentences on what went wrong.

        Always anew: a person may have given marks and comments since the last time.
        """
        converter = self._converter(_GenerateFeedback, student_id=student)
        converter.force = True
        try:
            _start(converter)
        except OperationalError:
            raise
        except Exception as error:
            return (f"no feedback: {_reason(error)}",)
        return ()

    def _converter(self, kind: type[Any], **folders: str) -> Any:
        config = self.config.copy()
        course = CourseDirectory(config=config, log=self.log, assignment_id=self.assignment, **folders)
        return kind(coursedir=course, config=config, log=self.log)

    def _master_cells(self) -> dict[str, str]:
        """Checksums of the master's cells by grade id, as nbgrader would record them now."""
        converter = self._converter(GenerateAssignment)
        exporter = NotebookExporter(parent=converter, config=converter.config)
        for preprocessor in converter.preprocessors:
            if str(getattr(preprocessor, "__name__", preprocessor)).endswith("SaveCells"):
                break
            exporter.register_preprocessor(preprocessor)
        cells = {}
        for master in sorted(self.course.source(self.assignment).glob("*.ipynb")):
            try:
                text, _ = exporter.from_filename(str(master), resources=self._resources(master.stem))
            except Exception as error:
                raise AssayError(
                    f"{master.relative_to(self.course.root)} cannot be read: {_reason(error)} Run: assay build {self.assignment}"
                ) from error
            for cell in nbformat.reads(text, as_version=4).cells:
                if grade_id(cell) and "checksum" in cell.metadata.nbgrader:
                    cells[f"{master.stem}/{grade_id(cell)}"] = cell.metadata.nbgrader["checksum"]
        return cells

    def _recorded_cells(self) -> dict[str, str]:
        with Gradebook(self.folders.db_url) as gradebook:
            try:
                notebooks = gradebook.find_assignment(self.assignment).notebooks
            except MissingEntry:
                return {}
            return {
                f"{notebook.name}/{cell.name}": cell.checksum
                for notebook in notebooks
                for cell in notebook.source_cells
            }

    def _resources(self, notebook: str) -> dict[str, Any]:
        names = {"assignment": self.assignment, "notebook": notebook, "student": "."}
        return {"nbgrader": {**names, "db_url": self.folders.db_url}}

    def _changed_cells(self, master: set[str], recorded: set[str]) -> str:
        def listed(names: set[str]) -> str:
            return ", ".join(sorted(name.partition("/")[2] for name in names)) or "none"

        return (
            f"The cells of source/{self.assignment} are not those that submissions were graded with (new: "
            f"{listed(master - recorded)}; gone: {listed(recorded - master)}): undo that, or forget the marks of this "
            f"assignment, those given by a person included, with: nbgrader db assignment remove {self.assignment} --force"
        )

    def _submitted(self, student: str) -> Path:
        return self.course.root / self.folders.submitted_directory / student / self.assignment

    def _autograded(self, student: str) -> Path:
        return self.course.root / self.folders.autograded_directory / student / self.assignment

    def _digest(self, student: str) -> str:
        """What the marks of a submission follow from: its files, the master's, the settings and this package."""
        digest = hashlib.sha256(__version__.encode())
        try:
            listed, notes = list_files(self._submitted(student), ignore=self.folders.ignore)
        except Unreadable as error:
            listed, notes = [], [str(error)]
        digest.update(repr(notes).encode(errors="backslashreplace"))
        submitted = [str(self._submitted(student).joinpath(*file.path.parts)) for file in listed]
        given = sorted(find_all_files(str(self.course.source(self.assignment)), self.folders.ignore))
        for path in [*submitted, *given, str(self.course.root / CONFIG_NAME)]:
            name = os.path.relpath(path, self.course.root)
            digest.update(f"{name}\0".encode(errors="surrogateescape"))
            _add_file(digest, path)
        return digest.hexdigest()


def _add_file(digest: Any, path: str) -> None:
    """Add a regular file's size and content; a link, a device or a pipe counts as itself and is never opened."""
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        digest.update(
            f"{status.st_size} {status.st_mtime_ns if status.st_size > DIGEST_BYTES else 0}\0".encode()
        )
        read = 0
        while read < DIGEST_BYTES and (block := file.read(1 << 20)):
            digest.update(block)
            read += len(block)


class _Digests:
    """The digests of what was graded, in a file beside it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def get(self, assignment: str, student: str) -> str:
        return str(self._read().get(assignment, {}).get(student, ""))

    def put(self, assignment: str, student: str, digest: str) -> None:
        known = self._read()
        known.setdefault(assignment, {})[student] = digest
        self.path.parent.mkdir(parents=True, exist_ok=True)
        new = self.path.with_suffix(".new")
        new.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        new.replace(self.path)

    def _read(self) -> dict[str, Any]:
        try:
            known = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}


class _KeepsReason:
    """Keeps the exception that made nbgrader give up, of which it tells its log alone."""

    error: Exception | None = None

    def init_assignment(self, *names: str) -> None:
        self._keep(super().init_assignment, *names)  # type: ignore[misc]

    def convert_single_notebook(self, filename: str) -> None:
        self._keep(super().convert_single_notebook, filename)  # type: ignore[misc]

    def _keep(self, step: Callable[..., None], *arguments: str) -> None:
        try:
            step(*arguments)
        except Exception as error:
            self.error = error
            raise


class _GenerateFeedback(_KeepsReason, GenerateFeedback):
    pass


class _GenerateAssignment(_KeepsReason, GenerateAssignment):
    pass


def _start(converter: Any) -> None:
    """Run a converter; raise what really went wrong in it."""
    try:
        converter.start()
    except NbGraderException as general:
        error = getattr(converter, "error", None)
        if error is None:
            raise
        raise error from general


@contextmanager
def _gradebook_errors() -> Iterator[None]:
    """Say in a sentence what is wrong with the gradebook as a whole: that is no student's fault."""
    try:
        yield
    except OperationalError as error:
        if "locked" in str(error):
            raise AssayError(
                "The gradebook is locked by another program: wait for it or close it, then grade again; "
                "what was graded before is kept."
            ) from error
        raise AssayError(
            f"The gradebook cannot be used ({_first_line(error)}): make a copy of it, then run: nbgrader db upgrade"
        ) from error


@contextmanager
def _logging_to(path: Path) -> Iterator[None]:
    """Send what nbgrader and its libraries have to say into a file and not onto the screen."""
    handler = logging.FileHandler(path, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    loggers = [logging.getLogger(name) for name in LOGGERS]
    before = [(logger, logger.handlers, logger.propagate, logger.level) for logger in loggers]
    with warnings.catch_warnings():
        logging.captureWarnings(True)
        for logger in loggers:
            logger.handlers, logger.propagate = [handler], False
            logger.setLevel(logging.INFO)
        try:
            yield
        finally:
            logging.captureWarnings(False)
            for logger, handlers, propagate, level in before:
                logger.handlers, logger.propagate = handlers, propagate
                logger.setLevel(level)
            handler.close()


def _reason(error: BaseException) -> str:
    """An exception as one sentence."""
    lines = plain(str(error)).strip().splitlines()
    text = f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
    text = text if len(text) <= REASON_LENGTH else text[: REASON_LENGTH - 3] + "..."
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _first_line(error: BaseException) -> str:
    return (plain(str(error)).strip().splitlines() or [type(error).__name__])[0][:REASON_LENGTH].rstrip(".")

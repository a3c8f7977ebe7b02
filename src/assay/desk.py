"""One assignment of a course on its way through nbgrader's own converters, one submission at a time."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import logging
import os
import shutil
import stat
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import find_all_files
from sqlalchemy.exc import OperationalError

from assay.cells import grade_id
from assay.cluster import Order
from assay.course import CONFIG_NAME, Course
from assay.errors import AssayError
from assay.execute import ExecuteInTwoKernels
from assay.folders import files_in, move_folder, read_master, replace_file
from assay.gradebook import digest_of_submission, isolation_of, noted_in, read_marks
from assay.intake import grade_staged, stage, staged_folder
from assay.jobs import CourseSide, Outcome, read_files, write_files
from assay.kernels import choose
from assay.notebook import Unreadable, list_files
from assay.results import Result
from assay.transaction import one_transaction
from assay.verdict import plain
from assay.versions import different, digest_of, versions_of

LOG_NAME = ".nbgrader.log"
#: Of folders that are put in their place when they are complete, and of the file that says that somebody grades.
HIDDEN = ".assay-"
LOCK_NAME = ".assay-lock"
VERDICTS = "reports/verdicts"
#: Why submissions could not be graded, for the report: no notebook holds it.
FAILURES = "reports/failures"
FULL = "The disk is full: make room and grade again; what was graded before is kept."
REASON_LENGTH = 200
#: A larger file counts by its beginning, its size and its time.
DIGEST_BYTES = 256 << 20
LOGGERS = ("assay.nbgrader", "traitlets", "py.warnings", "alembic", "asyncio")


class Desk:
    """Records one assignment, reads its submissions, records what came of running them, and writes what students get back.

    It is the gradebook's one writer; submissions are run elsewhere (see `assay.cluster`).
    """

    def __init__(self, course: Course, assignment: str, isolation: str | None = None) -> None:
        """Take the settings of the course as they are now."""
        self.course = course
        self.assignment = assignment
        self.config = course.config()
        if isolation:
            self.config.ExecuteInTwoKernels.isolation = isolation
        # One process runs many: what it keeps between them is its own, and gone with it.
        self.config.ExecuteInTwoKernels.setdefault("warm", True)
        for part in ("header", "footer"):
            # nbgrader is called in the course's folder, assay from anywhere.
            if name := self.config.IncludeHeaderFooter.get(part):
                self.config.IncludeHeaderFooter[part] = str(course.root / name)
        self.log = logging.getLogger("assay.nbgrader")
        self.folders = CourseDirectory(config=self.config, log=self.log)

    def check_isolation(self) -> None:
        """Raise AssayError when nothing on this machine can keep a submission from doing harm: then nothing may start."""
        choose(self.config.ExecuteInTwoKernels.get("isolation") or None)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Keep nbgrader's log off the screen and other graders out, and say in a sentence what is wrong with the whole gradebook.

        Raises
        ------
        AssayError
            When somebody else grades in this course, the gradebook cannot be used, or the disk is full.
        """
        if not self.folders.db_url.startswith("sqlite:") and not self.folders.course_id:
            raise AssayError(
                "A gradebook on a server needs a name for the course: set c.CourseDirectory.course_id in nbgrader_config.py."
            )
        place = self.course.root / self.folders.autograded_directory
        with _logging_to(self.course.root / LOG_NAME), _gradebook_errors(), _alone_in(place):
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
            except Exception as error:
                if _at_fault(error):
                    raise
                if recorded and set(master) != set(recorded) and "submissions" in str(error):
                    raise AssayError(self._changed_cells(set(master), set(recorded))) from error
                raise AssayError(
                    f"nbgrader refuses source/{self.assignment}: {_reason(error)} {self._advice()}"
                ) from error

    def course_side(self) -> CourseSide:
        """What every submission of the assignment is run with."""
        source = self.course.source(self.assignment)
        files = [Path(path).relative_to(source) for path in find_all_files(str(source), self.folders.ignore)]
        kept = self.config.Autograde.get("exclude_overwriting", {}).get(self.assignment, [])
        execute = ExecuteInTwoKernels(config=self.config)
        settings = {name: getattr(execute, name) for name in execute.class_own_traits(config=True)}
        return CourseSide(
            self.assignment, read_files(source, files), json.loads(json.dumps(settings)), tuple(kept)
        )

    def digest(self, student: str) -> str:
        """What the marks of a submission follow from: its files, the master's, the settings, the packages and the grader."""
        digest = self._given_digest.copy()
        try:
            listed, notes = list_files(self._submitted(student), ignore=self.folders.ignore)
        except Unreadable as error:
            listed, notes = [], [str(error)]
        digest.update(repr(notes).encode(errors="backslashreplace"))
        for file in listed:
            self._add(digest, str(self._submitted(student).joinpath(*file.path.parts)))
        return digest.hexdigest()

    def is_graded(self, student: str, digest: str) -> bool:
        """Whether the gradebook has the marks of this version of a submission."""
        return digest_of_submission(self._autograded(student)) == digest

    def order(self, student: str) -> Order | str:
        """Read a submission for it to be run; the sentence on what went wrong when no notebook can be read."""
        course = self._course()
        with tempfile.TemporaryDirectory(prefix="assay-", ignore_cleanup_errors=True) as staging:
            folder = staged_folder(course, student, staging)
            try:
                for sentence in stage(course, student, folder):
                    self.log.warning("%s: %s", student, sentence)
                return Order(student, read_files(folder, files_in(folder)))
            except Unreadable as error:
                return f"unreadable: {error}"
            except Exception as error:
                if _at_fault(error):
                    raise
                return f"not graded: {_reason(error)}"

    def record(self, order: Order, outcome: Outcome, digest: str) -> str:
        """Have nbgrader record what came of a submission, all of it or nothing; the sentence on what went wrong, or nothing.

        Raises
        ------
        AssayError
            When it was run with other packages than those of this machine.
        """
        if outcome.failure:
            self.log.error("%s: %s\n%s", order.student, outcome.failure, outcome.details)
            return outcome.failure
        differing = different(self._versions, outcome.versions)
        if differing:
            raise AssayError(
                f"A worker has other packages than this machine ({', '.join(differing[:5])}): marks must not depend on where "
                "a submission is graded; install the same there."
            )
        executed = {}
        for name, text in outcome.notebooks.items():
            executed[name] = nbformat.from_dict(json.loads(text))
            executed[name].metadata["assay"]["digest"] = digest
        root = self.course.root / self.folders.autograded_directory
        with (
            tempfile.TemporaryDirectory(prefix="assay-", ignore_cleanup_errors=True) as staging,
            tempfile.TemporaryDirectory(prefix=HIDDEN, dir=root, ignore_cleanup_errors=True) as fresh,
        ):
            converter = self._converter(Autograde)
            converter.force = True
            write_files(staged_folder(converter.coursedir, order.student, staging), order.files)
            try:
                with one_transaction(self.folders.db_url):
                    grade_staged(converter, order.student, staging, executed=executed, autograded=fresh)
            except Exception as error:
                if isinstance(error, AssayError) or _at_fault(error):
                    raise
                return f"not graded: {_reason(error)}"
            graded = Path(converter.coursedir.format_path(fresh, order.student, self.assignment))
            move_folder(self._autograded(order.student), graded)
        return ""

    def result(self, student: str, *, graded: bool, seconds: float = 0.0, feedback: bool) -> Result:
        """The marks of a graded submission; its feedback and its verdicts are written."""
        with Gradebook(self.folders.db_url) as gradebook:
            marks = read_marks(gradebook, self._autograded(student), self.assignment, student)
        isolation = isolation_of(self._autograded(student))
        self._write_verdicts(student)
        self._failure_path(student).unlink(missing_ok=True)
        notes = marks.incidents + (self._write_feedback(student) if feedback else ())
        return Result(
            student, self.assignment, marks, graded=graded, seconds=seconds, notes=notes, isolation=isolation
        )

    def failure(self, student: str, sentence: str, seconds: float = 0.0) -> Result:
        """What is said of a submission that could not be graded."""
        if self._autograded(student).is_dir():
            sentence += " The gradebook keeps the marks of the version before."
        replace_file(
            self._failure_path(student), json.dumps({"failure": sentence}, ensure_ascii=False) + "\n"
        )
        return Result(student, self.assignment, None, sentence, graded=False, seconds=seconds)

    def _failure_path(self, student: str) -> Path:
        return self.course.root / FAILURES / self.assignment / f"{student}.json"

    def _write_verdicts(self, student: str) -> None:
        """Write what the machine found, and nothing that depends on when or where it did, or on a person."""
        found = {}
        for path in sorted(self._autograded(student).glob("*.ipynb")):
            noted = noted_in(path)
            found[path.name] = {
                key: noted.get(key, []) for key in ("digest", "repairs", "incidents", "verdicts")
            }
        place = self.course.root / VERDICTS / self.assignment / f"{student}.json"
        replace_file(place, json.dumps(found, indent=1, ensure_ascii=False) + "\n")

    def _write_feedback(self, student: str) -> tuple[str, ...]:
        """Have nbgrader write the feedback; sentences on what went wrong.

        Always anew: a person may have given marks and comments since the last time.
        """
        converter = self._converter(_GenerateFeedback, student_id=student)
        converter.force = True
        try:
            _start(converter)
        except Exception as error:
            if _at_fault(error):
                raise
            return (f"no feedback: {_reason(error)}",)
        return ()

    def _course(self, **folders: str) -> CourseDirectory:
        return CourseDirectory(
            config=self.config.copy(), log=self.log, assignment_id=self.assignment, **folders
        )

    def _converter(self, kind: type[Any], **folders: str) -> Any:
        return kind(coursedir=self._course(**folders), config=self.config.copy(), log=self.log)

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
                    f"{master.relative_to(self.course.root)} cannot be read: {_reason(error)} {self._advice()}"
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

    def _advice(self) -> str:
        """What to do with a master that cannot be used."""
        if self.course.text(self.assignment).is_file():
            return f"Run: assay build {self.assignment}"
        return "Mend it in JupyterLab, with nbgrader's Create Assignment."

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

    @cached_property
    def _versions(self) -> dict[str, str]:
        """The versions of what this machine would run the masters with."""
        found: dict[str, str] = {}
        for path in self.course.source(self.assignment).glob("*.ipynb"):
            found.update(versions_of(read_master(path)))
        return found

    @cached_property
    def _given_digest(self) -> Any:
        """The part of a digest that all submissions share."""
        digest = hashlib.sha256(digest_of(self._versions).encode())
        given = sorted(find_all_files(str(self.course.source(self.assignment)), self.folders.ignore))
        for path in [*given, str(self.course.root / CONFIG_NAME)]:
            self._add(digest, path)
        return digest

    def _add(self, digest: Any, path: str) -> None:
        digest.update(f"{os.path.relpath(path, self.course.root)}\0".encode(errors="surrogateescape"))
        _add_file(digest, path)


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
    """Say in a sentence what is wrong with the gradebook or the disk as a whole: that is no student's fault."""
    try:
        yield
    except AssayError:
        raise
    except Exception as error:
        sentence = _at_fault(error)
        if not sentence:
            raise
        raise AssayError(sentence) from error


def _at_fault(error: BaseException) -> str:
    """What is wrong with the gradebook or the disk as a whole, when that is what an error comes from, or nothing."""
    for one in _behind(error):
        if isinstance(one, OSError) and one.errno == errno.ENOSPC:
            return FULL
        if isinstance(one, OperationalError):
            if "disk is full" in str(one):
                return FULL
            if "locked" in str(one):
                return (
                    "The gradebook is locked by another program: wait for it or close it, then grade again; "
                    "what was graded before is kept."
                )
            # What PostgreSQL itself refuses has a state; what never reached it has none.
            if getattr(one.orig, "sqlstate", "") is None:
                return f"The server of the gradebook does not answer ({_first_line(one)}): start it, or mend c.CourseDirectory.db_url."
            return f"The gradebook cannot be used ({_first_line(one)}): make a copy of it, then run: nbgrader db upgrade"
    return ""


def _behind(error: BaseException) -> Iterator[BaseException]:
    """An exception and those that it was raised for or during: nbgrader raises its own in the place of what went wrong."""
    left, seen = [error], set()
    while left:
        one = left.pop()
        if id(one) not in seen:
            seen.add(id(one))
            yield one
            left += [other for other in (one.__cause__, one.__context__) if other is not None]


@contextmanager
def _alone_in(autograded: Path) -> Iterator[None]:
    """Keep a second grader out for as long as this process lives, and remove what one that was killed has left.

    Raises
    ------
    AssayError
        When another process grades in this course.
    """
    autograded.mkdir(parents=True, exist_ok=True)
    with open(autograded / LOCK_NAME, "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AssayError(
                "Another assay is grading in this course: wait until it is done, or end it; what it has graded is kept."
            ) from None
        for path in autograded.glob(f"{HIDDEN}*"):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
        yield


class _Log(logging.FileHandler):
    """A log whose own trouble, such as a full disk, is nobody's: the grading has its own way to say it."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        pass


@contextmanager
def _logging_to(path: Path) -> Iterator[None]:
    """Send what nbgrader and its libraries have to say into a file and not onto the screen."""
    handler = _Log(path, encoding="utf-8", delay=True)
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
            with suppress(OSError):
                handler.close()


def _reason(error: BaseException) -> str:
    """An exception as one sentence."""
    lines = plain(str(error)).strip().splitlines()
    text = f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
    text = text if len(text) <= REASON_LENGTH else text[: REASON_LENGTH - 3] + "..."
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _first_line(error: BaseException) -> str:
    return (plain(str(error)).strip().splitlines() or [type(error).__name__])[0][:REASON_LENGTH].rstrip(".")

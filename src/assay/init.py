"""Puts assay under an nbgrader course that exists: a marked block at the end of its configuration, and a look at what it will meet."""

from __future__ import annotations

import argparse
import contextlib
import difflib
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay.course import CONFIG_NAME
from assay.errors import AssayError
from assay.usage import HelpFormatter, examples

BEGIN = "# >>> assay init >>>"
END = "# <<< assay init <<<"
#: nbgrader's own for a cell, in seconds.
USUAL_SECONDS = 30.0
#: Where nbgrader looks for the time that a cell may take, the most special first.
EXECUTES = ("Execute", "ExecutePreprocessor", "NotebookClient")
#: What these say of when to stop and how to start is taken over or still used by Validate.
TAKEN_OVER = frozenset({"timeout", "kernel_name", "startup_timeout"})
#: nbgrader's marks around what students do not get; assay knows no others.
DELIMITERS = {
    ("ClearSolutions", "begin_solution_delimeter"): "BEGIN SOLUTION",
    ("ClearSolutions", "end_solution_delimeter"): "END SOLUTION",
    ("ClearHiddenTests", "begin_test_delimeter"): "BEGIN HIDDEN TESTS",
    ("ClearHiddenTests", "end_test_delimeter"): "END HIDDEN TESTS",
    ("ClearMarkScheme", "begin_mark_scheme_delimeter"): "BEGIN MARK SCHEME",
    ("ClearMarkScheme", "end_mark_scheme_delimeter"): "END MARK SCHEME",
}


@dataclass(frozen=True)
class Plan:
    """What `assay init` would do to a course.

    Attributes
    ----------
    before, after
        The configuration file as it is and as it is going to be, byte for byte; the same when nothing is to be done.
    refusals
        Sentences on what has to be changed by hand first; with one of them nothing is written.
    notes
        Sentences on settings that mean something else from now on.
    """

    root: Path
    before: bytes
    after: bytes
    refusals: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def config(self) -> Path:
        """The configuration file; of a link the file that it stands for."""
        return (self.root / CONFIG_NAME).resolve()

    @property
    def is_done(self) -> bool:
        """Whether the course is under assay already."""
        return self.before == self.after and not self.refusals


def plan(folder: Path) -> Plan:
    """Read a course and say what is to be done; nothing is written.

    Raises
    ------
    AssayError
        When the folder is no course of nbgrader's, or its configuration cannot be read.
    """
    root = folder.resolve()
    if not root.is_dir():
        raise AssayError(f"{folder} is no folder: name the folder of a course.")
    path = root / CONFIG_NAME
    if not path.is_file():
        if os.path.lexists(path):
            raise AssayError(f"{path} is no file: put a configuration of nbgrader's there, or remove it.")
        if not any(root.glob("source/*/*.ipynb")):
            raise AssayError(
                f"{root} is no course of nbgrader's: it holds neither {CONFIG_NAME} nor source/<assignment>/<notebook>.ipynb. "
                "Begin one with: nbgrader quickstart NAME"
            )
    try:
        before = path.read_bytes() if path.is_file() else b""
    except OSError as error:
        raise AssayError(f"{path} cannot be read: {error.strerror}.") from error
    block = _block_in(before, path)
    theirs = _settings(root, before)
    if block:
        return Plan(root, before, before, notes=tuple(_notes(theirs)))
    ours = _ours()
    if all(_of(theirs, section, name) == value for section, name, value in ours):
        # By hand, as in assay's own repository.
        return Plan(root, before, before)
    refusals = (*_taken(theirs, ours), *_not_understood(theirs, root))
    if refusals:
        return Plan(root, before, before, refusals)
    newline = b"\r\n" if b"\r\n" in before else b"\n"
    gap = b"" if not before else newline if before.endswith(b"\n") else 2 * newline
    added = _block(_seconds(theirs)).encode("ascii").replace(b"\n", newline)
    return Plan(root, before, before + gap + added, notes=tuple(_notes(theirs)))


def carry_out(planned: Plan) -> None:
    """Write the configuration, and see that nbgrader will read from it what it should; else put the old one back.

    Raises
    ------
    AssayError
        When it cannot be written, or does not do what it is there for.
    """
    if planned.before == planned.after:
        return
    existed = planned.config.exists()
    try:
        _write(planned.config, planned.after)
    except OSError as error:
        raise AssayError(
            f"{planned.config} cannot be written ({error.strerror}): nothing was changed."
        ) from error
    try:
        read = _settings(planned.root, planned.after)
        missing = [
            f"c.{section}.{name}" for section, name, value in _ours() if _of(read, section, name) != value
        ]
        if missing:
            raise AssayError(
                f"After the change {', '.join(missing)} would still be something else: is the configuration left early?"
            )
    except AssayError as error:
        if existed:
            _write(planned.config, planned.before)
        else:
            planned.config.unlink()
        raise AssayError(f"{error} {CONFIG_NAME} is as it was.") from error


def add_command(subparsers: Any) -> None:
    """Add ``assay init`` to the command line."""
    parser = subparsers.add_parser(
        "init",
        help="put assay under an nbgrader course that exists",
        description="Put assay under an nbgrader course: add a marked block to its nbgrader_config.py, see whether submissions can be "
        "isolated on this machine, and look over its assignments for what behaves differently.",
        formatter_class=HelpFormatter,
        epilog=examples(
            (
                "assay init --dry-run",
                "in the course's folder: show the block and what a look over the masters found",
            ),
            (
                "assay init my-course",
                "add the block; to undo it, delete its lines from nbgrader_config.py, marks stay",
            ),
        ),
    )
    parser.add_argument(
        "folder", nargs="?", default=".", metavar="DIR", help="folder of the course, here by default"
    )
    parser.add_argument("--dry-run", action="store_true", help="show what would be done, and change nothing")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from assay.init_look import look_over

    planned = plan(Path(options.folder))
    course = look_over(planned.root)
    refusals = [*planned.refusals, *course.refusals]
    if refusals:
        print(f"{planned.root} was left as it is:")
        for sentence in refusals:
            print(f"- {sentence}")
        return 1
    if planned.is_done:
        print(f"{planned.root} is under assay already; nothing was changed.")
    elif options.dry_run:
        print("".join(_difference(planned)), end="")
    else:
        carry_out(planned)
        print(f"{planned.config}: a block was added at its end; every other line is as it was.")
        print(f"To undo it, delete the lines from '{BEGIN}' to '{END}'.")
    _print_list("", planned.notes)
    tier = _print_isolation()
    _print_list("What the assignments hold:", course.holds)
    _print_list("What to look at before you grade:", course.remarks)
    print(f"Next, in {planned.root}:")
    for command, why in _next(planned, course.assignments, dry_run=options.dry_run):
        print(f"  {command:<44} {why}")
    return 0 if tier else 1


def _next(planned: Plan, assignments: tuple[str, ...], *, dry_run: bool) -> Iterator[tuple[str, str]]:
    if dry_run and not planned.is_done:
        yield "assay init", "does what is shown above"
    name = assignments[0] if assignments else "ASSIGNMENT"
    yield "assay doctor", "tries to break every wall around submissions on this machine"
    if assignments:
        yield f"assay grade {name}", f"grades what lies in submitted/<student>/{name}/, and writes feedback"
        yield (
            f"nbgrader autograde {name}",
            "the same one submission after the other; formgrader's button, too",
        )
    else:
        yield "nbgrader generate_assignment ASSIGNMENT", "as soon as source/ASSIGNMENT/ holds a notebook"


def _print_list(title: str, sentences: tuple[str, ...]) -> None:
    if title and sentences:
        print(title)
    for sentence in sentences:
        print(f"- {sentence}")


def _print_isolation() -> bool:
    """Say how submissions will be isolated here; whether anything can."""
    from assay.kernels import choose

    try:
        print(f"Submissions will run in {choose().sentence}.")
    except AssayError as error:
        print(str(error))
        return False
    return True


def _difference(planned: Plan) -> Iterator[str]:
    before, after = (
        text.decode("utf-8", "replace").replace("\r\n", "\n") for text in (planned.before, planned.after)
    )
    return difflib.unified_diff(
        before.splitlines(keepends=True),
        after.splitlines(keepends=True),
        CONFIG_NAME,
        f"{CONFIG_NAME} with assay",
    )


def _block(seconds: float) -> str:
    return (
        f"{BEGIN}\n"
        "# Grades by assay: in a sandbox, and out of sight of the hidden tests. To undo it, delete the lines of this block.\n"
        "import assay.settings\n\n"
        "assay.settings.apply(get_config())\n"
        "# The longest that a cell may take, as before.\n"
        f"get_config().ExecuteInTwoKernels.cell_seconds = {seconds}\n"
        f"{END}\n"
    )


def _block_in(text: bytes, path: Path) -> bool:
    """Whether the block is there, whole."""
    begin, end = text.count(BEGIN.encode()), text.count(END.encode())
    if begin == end == 0:
        return False
    if begin != 1 or end != 1 or text.index(BEGIN.encode()) > text.index(END.encode()):
        raise AssayError(
            f"{path} holds a part of the block between '{BEGIN}' and '{END}': delete what is left of it, and run assay init again."
        )
    return True


def _settings(root: Path, text: bytes) -> Any:
    """What a configuration file with this text sets, and what an ``nbgrader_config.json`` beside it does.

    Raises
    ------
    AssayError
        When one of them cannot be read.
    """
    from traitlets.config import Config

    config = Config()

    def get_config() -> Config:
        return config

    def load_subconfig(name: str, path: str | None = None) -> None:
        config.merge(_loaded(name, path or str(root)))

    namespace = {
        "c": config,
        "get_config": get_config,
        "load_subconfig": load_subconfig,
        "__file__": str(root / CONFIG_NAME),
    }
    with _changed_to(root):
        try:
            exec(compile(text, str(root / CONFIG_NAME), "exec"), namespace, namespace)
        except (Exception, SystemExit) as error:
            raise AssayError(f"{CONFIG_NAME} cannot be read ({_what(error)}): mend it first.") from error
    config_json = root / "nbgrader_config.json"
    if config_json.is_file():
        try:
            config.merge(json.loads(config_json.read_bytes()))
        except Exception as error:
            raise AssayError(f"{config_json.name} cannot be read ({_what(error)}): mend it first.") from error
    return config


def _loaded(name: str, path: str) -> Any:
    from traitlets.config import PyFileConfigLoader

    return PyFileConfigLoader(name, path=path).load_config()


@contextlib.contextmanager
def _changed_to(root: Path) -> Iterator[None]:
    before = os.getcwd()
    os.chdir(root)
    try:
        yield
    finally:
        os.chdir(before)


def _what(error: BaseException) -> str:
    where = ""
    if isinstance(error, SyntaxError) and error.lineno:
        where = f" in line {error.lineno}"
    else:
        step = error.__traceback__
        while step is not None:
            if step.tb_frame.f_code.co_filename.endswith(CONFIG_NAME):
                where = f" in line {step.tb_lineno}"
            step = step.tb_next
    words = str(error.msg if isinstance(error, SyntaxError) else error).strip().splitlines()
    return f"{type(error).__name__}{where}" + (f": {words[0][:200]}" if words else "")


def _ours() -> list[tuple[str, str, Any]]:
    """Section, trait and value of each setting that assay makes."""
    from traitlets.config import Config

    from assay import settings

    config = Config()
    settings.apply(config)
    return [(section, name, value) for section, traits in config.items() for name, value in traits.items()]


def _of(config: Any, section: str, name: str) -> Any:
    """What a configuration says of a trait, or None."""
    return config[section].get(name) if section in config else None


def _taken(theirs: Any, ours: list[tuple[str, str, Any]]) -> Iterator[str]:
    for section, name, value in ours:
        own = _of(theirs, section, name)
        if own is not None and own != value:
            yield (
                f"{CONFIG_NAME} sets c.{section}.{name}, which assay has to set: take that line out; what it does beside "
                "grading can be set again below assay's block, with assay's entries in the list."
            )


def _not_understood(theirs: Any, root: Path) -> Iterator[str]:
    for (section, name), usual in DELIMITERS.items():
        own = _of(theirs, section, name)
        if own is not None and own != usual:
            yield (
                f"c.{section}.{name} is {own!r}: assay knows {usual!r} only, and would show students what stands between "
                "other marks. Change the marks in source/ and take the line out."
            )
    structure = _of(theirs, "CourseDirectory", "directory_structure")
    if structure is not None and not str(structure).startswith("{nbgrader_step}"):
        yield (
            f"c.CourseDirectory.directory_structure is {structure!r}: it has to begin with {{nbgrader_step}}, since submissions are "
            "read into a folder of their own first."
        )
    own_root = _of(theirs, "CourseDirectory", "root")
    if own_root is not None and Path(root, str(own_root)).resolve() != root:
        yield f"c.CourseDirectory.root is {str(own_root)!r}: run assay init there, so that one folder has the configuration and the course."


def _notes(theirs: Any) -> Iterator[str]:
    for section in EXECUTES:
        idle = sorted(set(theirs[section]) - TAKEN_OVER) if section in theirs else []
        for name in idle:
            yield f"c.{section}.{name} has no effect on grading any more; Validate still follows it."
    if "SaveAutoGrades" in theirs:
        yield "c.SaveAutoGrades has no effect any more: marks are verdicts, and are not read off printed output."
    for name in ("source_directory", "submitted_directory"):
        own = _of(theirs, "CourseDirectory", name)
        if name == "source_directory" and own not in (None, "source"):
            yield f"assay grade takes masters from source/, and yours are in {own!r}: grade with nbgrader autograde."
    database = str(_of(theirs, "CourseDirectory", "db_url") or "sqlite:")
    if not database.startswith("sqlite:") and not _of(theirs, "CourseDirectory", "course_id"):
        yield "Your gradebook is on a server: assay grade needs c.CourseDirectory.course_id to find the course there."
    limit = _own_timeout(theirs)
    if limit is not None and not _is_time(limit):
        yield f"Cells had no limit of time ({limit!r}); with assay each has {USUAL_SECONDS:g} s: change cell_seconds in the block."


def _own_timeout(theirs: Any) -> Any:
    found = [_of(theirs, section, "timeout") for section in EXECUTES]
    return next((value for value in found if value is not None), None)


def _is_time(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < 1e9


def _seconds(theirs: Any) -> float:
    own = _own_timeout(theirs)
    return float(own) if _is_time(own) else USUAL_SECONDS


def _write(path: Path, content: bytes) -> None:
    """Put a file in its place at once, with the rights of the one that was there."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)

"""``assay build``: from the text of an assignment to the master notebook, the release and the solved notebook."""

from __future__ import annotations

import argparse
import logging
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbformat import NotebookNode

from assay import gates
from assay.course import Course
from assay.errors import AssayError
from assay.folders import replace_file, replace_folder
from assay.regions import Kind, drop_delimiters, drop_regions
from assay.rules import check_rules
from assay.running import copied, run_notebook
from assay.text import (
    DEFAULT_HEADER,
    LANGUAGE_INFO,
    digest,
    notebook_json,
    read_text,
    split_header,
    tidy,
    write_text,
)
from assay.usage import HelpFormatter, examples

if TYPE_CHECKING:
    from assay.stamp import DropBuildStamp

__all__ = ["DropBuildStamp", "add_command", "build", "carry_back", "check", "make", "orphans"]

Report = Callable[[str], None]


def __getattr__(name: str) -> Any:
    """Import ``DropBuildStamp`` when it is asked for: nbgrader's preprocessors take seconds to import."""
    if name == "DropBuildStamp":
        from assay.stamp import DropBuildStamp

        return DropBuildStamp
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def add_command(subparsers: Any) -> None:
    """Add ``assay build`` to the command line."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "build",
        help="make notebooks, release and solutions from the text of assignments",
        description="Make from the text source/<a>.py the master notebook source/<a>/<a>.ipynb, what students get in release/<a>/, and the "
        "solved notebook in solutions/<a>/. Refuses what would go wrong later, and then leaves everything as it is.",
        formatter_class=HelpFormatter,
        epilog=examples(
            ("assay build slope", "after each edit of source/slope.py"),
            ("assay build --from-notebook slope", "after an edit in JupyterLab"),
            ("assay build --check", "in CI: is everything as a build makes it?"),
        ),
    )
    parser.add_argument(
        "assignments", nargs="*", metavar="ASSIGNMENT", help="name of an assignment; all when none is given"
    )
    parser.add_argument(
        "--course", default=".", metavar="DIR", help="the folder of the course (default: this one)"
    )
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument(
        "--check", action="store_true", help="write nothing, say what differs from what a build makes"
    )
    mode.add_argument(
        "--from-notebook",
        action="store_true",
        help="carry edits made in source/<a>/<a>.ipynb back into the text first",
    )
    parser.add_argument(
        "--force",
        action="store_true",
        help="discard edits on the other side: in the notebook, or in the text with --from-notebook",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run ``assay build``: 0 when all is built (or nothing differs), 1 when an assignment could not be built or differs."""
    course = Course.at(options.course)
    if options.from_notebook and not options.assignments:
        raise AssayError(
            "Name the assignment whose notebook was edited: assay build --from-notebook ASSIGNMENT."
        )
    names = options.assignments if options.from_notebook else course.chosen(options.assignments)
    failed = False
    for name in names:
        try:
            if options.check:
                found = check(course, name, report=print)
                for line in found:
                    print(f"{name}: {line}")
                failed = failed or bool(found)
            else:
                build(course, name, from_notebook=options.from_notebook, force=options.force, report=print)
        except AssayError as error:
            print(f"assay: {name}: {error}", file=sys.stderr)
            failed = True
    for line in [] if options.assignments else orphans(course):
        print(line)
        failed = failed or options.check
    return int(failed)


def build(
    course: Course,
    assignment: str,
    *,
    from_notebook: bool = False,
    force: bool = False,
    report: Report = lambda line: None,
) -> None:
    """Make everything of an assignment and put it in its place, all of it or nothing.

    Parameters
    ----------
    from_notebook
        Carry edits of the master notebook back into the text first.
    force
        Overwrite an edited notebook, or with ``from_notebook`` an edited text.
    report
        Called with one short line for each step.

    Raises
    ------
    AssayError
        When a rule is broken, a gate finds something, or the other side was edited; release and solutions stay as they are.
    """
    if from_notebook:
        carry_back(course, assignment, force=force, report=report)
    elif not force:
        _refuse_to_overwrite(course, assignment)
    with tempfile.TemporaryDirectory(prefix="assay-build-") as place:
        made = Course(Path(place).resolve())
        make(course, assignment, made, report=report)
        replace_file(course.master(assignment), made.master(assignment).read_text("utf-8"))
        replace_folder(course.release(assignment), made.release(assignment))
        replace_folder(course.solution(assignment), made.solution(assignment))
    report(f"{assignment}: built")


def check(course: Course, assignment: str, *, report: Report = lambda line: None) -> list[str]:
    """Build in a temporary place; return one sentence for each committed file that a build would change.

    Raises
    ------
    AssayError
        When the assignment cannot be built.
    """
    with tempfile.TemporaryDirectory(prefix="assay-build-") as place:
        made = Course(Path(place).resolve())
        make(course, assignment, made, short=True, report=report)
        return list(gates.rebuild_differences(course.root, made.root, assignment))


def orphans(course: Course) -> list[str]:
    """One sentence for each folder of release/ or solutions/ whose assignment has no text any more."""
    known = set(course.assignments())
    return [
        f"{area}/{folder.name} has no text source/{folder.name}.py any more: delete the folder, or bring the text back."
        for area in ("release", "solutions")
        for folder in sorted((course.root / area).glob("[!.]*"))
        if folder.is_dir() and folder.name not in known
    ]


def make(
    course: Course,
    assignment: str,
    made: Course,
    *,
    short: bool = False,
    report: Report = lambda line: None,
) -> None:
    """Make source, release and solutions of an assignment in the empty course folder ``made``, and pass every gate.

    With ``short`` the solved notebook runs as when it is validated, so that trainings are short, and what depends on
    them is not what is to be published.

    Raises
    ------
    AssayError
        When a rule is broken or a gate finds something.
    """
    config = _config(course)
    text_name = f"source/{assignment}.py"
    master = read_text(_read(course.text(assignment), text_name), text_name)
    check_rules(master, text_name, config)
    notebook = f"{assignment}.ipynb"

    _copy_source(course, assignment, made)
    replace_file(made.master(assignment), notebook_json(_stamped(master)))
    report(f"{assignment}: source, {len(master.cells)} cells")

    _generate_release(made, assignment, config)
    release = made.release(assignment)
    gates.gate_no_stamp(nbformat.read(release / notebook, as_version=4), f"release/{assignment}/{notebook}")
    gates.gate_no_leak(gates.secret_lines(master), release, f"release/{assignment}")
    report(f"{assignment}: release, nothing leaks")

    _make_solution(made, assignment, master, config, "validate" if short else None)
    solution = made.solution(assignment)
    gates.gate_no_leak(gates.secret_lines(master, solutions=False), solution, f"solutions/{assignment}")
    report(f"{assignment}: solutions, executed")

    gates.gate_validates(
        made.source(assignment), notebook, f"source/{assignment}/{notebook}, hidden tests included,", config
    )
    gates.gate_validates(solution, notebook, f"solutions/{assignment}/{notebook}", config)
    report(f"{assignment}: the solution passes every test")
    gates.gate_untouched_earns_nothing(release, notebook, f"release/{assignment}/{notebook}")
    report(f"{assignment}: the untouched release runs to its end and earns 0")


def carry_back(
    course: Course, assignment: str, *, force: bool = False, report: Report = lambda line: None
) -> None:
    """Write the edits of the master notebook into the text, and stamp the notebook as the one of that text.

    Raises
    ------
    AssayError
        When the notebook cannot be read or holds something that the text cannot, or (unless ``force``) the text was
        edited too; nothing is written then.
    """
    name, text_name = f"source/{assignment}/{assignment}.ipynb", f"source/{assignment}.py"
    path, text_path = course.master(assignment), course.text(assignment)
    if not path.is_file():
        raise AssayError(
            f"There is no {name} to carry back: build it from the text with assay build {assignment}."
        )
    notebook = _read_notebook(path, name)
    old_text = _read(text_path, text_name) if text_path.is_file() else ""
    in_notebook, in_text, stamp = digest(notebook), _text_digest(old_text, text_name), _stamp(notebook)
    if in_notebook == in_text:
        report(f"{assignment}: the notebook says what the text says, nothing to carry back")
        return
    if old_text and in_text != stamp and not force:
        if in_notebook == stamp:
            raise AssayError(
                f"{text_name} was edited since {name} was built, and the notebook was not: run assay build {assignment}, or "
                f"give the text up with assay build --from-notebook --force {assignment}."
            )
        raise AssayError(
            f"Both {text_name} and {name} were edited since the last build: make the notebook's edits in the text as well, or "
            f"give up the text's with assay build --from-notebook --force {assignment}, or the notebook's with assay build "
            f"--force {assignment}."
        )
    try:
        text = write_text(notebook, _header(old_text, text_name), old_text)
    except AssayError as error:
        raise AssayError(f"{name}: {error}") from error
    replace_file(text_path, text)
    replace_file(path, notebook_json(_stamped(tidy(notebook))))
    report(f"{assignment}: carried the notebook's edits into {text_name}")


def _refuse_to_overwrite(course: Course, assignment: str) -> None:
    path = course.master(assignment)
    if not path.is_file():
        return
    name = f"source/{assignment}/{assignment}.ipynb"
    try:
        notebook = _read_notebook(path, name)
    except AssayError as error:
        raise AssayError(
            f"{error} To make it anew from the text, run assay build --force {assignment}."
        ) from error
    in_notebook = digest(notebook)
    text_name = f"source/{assignment}.py"
    if in_notebook not in (
        _stamp(notebook),
        _text_digest(_read(course.text(assignment), text_name), text_name),
    ):
        raise AssayError(
            f"{name} was edited since it was built: carry the edits into the text with assay build --from-notebook {assignment}, "
            f"or discard them with assay build --force {assignment}."
        )


def _copy_source(course: Course, assignment: str, made: Course) -> None:
    """Lay out the source folder as nbgrader will see it, with what its header, footer and test templates may need."""
    source = course.source(assignment)
    others = sorted(path.name for path in source.glob("*.ipynb") if path.name != f"{assignment}.ipynb")
    if others:
        raise AssayError(
            f"source/{assignment} holds {', '.join(others)}, which nbgrader would hand to students: delete it or move it out."
        )
    if source.is_dir():
        shutil.copytree(
            source,
            made.source(assignment),
            ignore=shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__", ".*.ipynb-*"),
        )
    for folder in (course.root, course.root / "source"):
        for path in (*folder.glob("*.yml"), *folder.glob("*.ipynb")):
            target = made.root / path.relative_to(course.root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)


def _generate_release(made: Course, assignment: str, config: Any) -> None:
    """Let nbgrader make the release, in the temporary course and without touching a gradebook."""
    from nbgrader.converters import GenerateAssignment
    from nbgrader.coursedir import CourseDirectory

    config = _within(made, config)
    # A build has nothing to record: the gradebook is written when the release is handed out or graded, and making even an
    # empty one takes nbgrader a process of its own. The address stays a temporary one, whatever else may open it.
    config.GenerateAssignment.no_database = True
    config.SaveCells.enabled = False
    config.CourseDirectory.db_url = f"sqlite:///{made.root / 'gradebook.db'}"
    log, lines = _quiet_log()
    coursedir = CourseDirectory(config=config)
    coursedir.assignment_id = assignment
    try:
        GenerateAssignment(coursedir=coursedir, config=config, log=log).start()
    except Exception as error:
        # nbgrader logs the traceback of what went wrong and then raises a sentence that points to its log.
        logged = [line.strip() for line in lines if "Error" in line]
        reason = next((text.splitlines()[-1] for text in logged if text.startswith("Traceback")), str(error))
        raise AssayError(f"nbgrader cannot make release/{assignment}: {reason}") from error


def _make_solution(
    made: Course, assignment: str, master: NotebookNode, config: Any, execution: str | None
) -> None:
    """Run the solved notebook in a copy of its folder, and keep it with the data files that students get."""
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.utils import find_all_files

    name = f"solutions/{assignment}/{assignment}.ipynb"
    folder = made.solution(assignment)
    source = made.source(assignment)
    ignored = CourseDirectory(config=_within(made, config)).ignore
    for file in find_all_files(str(source), [*ignored, "*.ipynb"]):
        target = folder / Path(file).relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    folder.mkdir(parents=True, exist_ok=True)
    with copied(folder) as place:
        solved = run_notebook(_solved(master), place, name, execution=execution)
    gates.gate_outputs_are_clean(solved, name)
    solved.metadata = nbformat.from_dict(
        {"kernelspec": master.metadata.kernelspec, "language_info": dict(LANGUAGE_INFO)}
    )
    replace_file(folder / f"{assignment}.ipynb", notebook_json(solved))


def _solved(master: NotebookNode) -> NotebookNode:
    """The master without hidden tests, mark schemes, and the lines that delimit solutions; the cells stay the same."""
    solved = nbformat.from_dict(master)
    for cell in solved.cells:
        if any(kind.begin in cell.source for kind in Kind):
            cell.source = drop_delimiters(
                drop_regions(cell.source, Kind.HIDDEN_TESTS, Kind.MARK_SCHEME), Kind.SOLUTION
            ).rstrip("\n")
    return solved


def _stamped(notebook: NotebookNode) -> NotebookNode:
    stamped = nbformat.from_dict(notebook)
    stamped.metadata["assay"] = {"digest": digest(notebook)}
    return stamped


def _stamp(notebook: NotebookNode) -> str | None:
    stamp = notebook.metadata.get("assay", {})
    return stamp.get("digest") if isinstance(stamp, dict) else None


def _text_digest(text: str, name: str) -> str | None:
    """The digest of the text's notebook; None when there is no text or it cannot be read."""
    try:
        return digest(read_text(text, name)) if text else None
    except AssayError:
        return None


def _header(text: str, name: str) -> str:
    try:
        return split_header(text, name)[0] if text else DEFAULT_HEADER
    except AssayError:
        return DEFAULT_HEADER


def _read(path: Path, name: str) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError as error:
        raise AssayError(f"There is no {name}: write the text of the assignment there.") from error
    except UnicodeDecodeError as error:
        raise AssayError(f"{name} is not UTF-8 (byte {error.start}): save it as UTF-8.") from error


def _read_notebook(path: Path, name: str) -> NotebookNode:
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except Exception as error:
        # nbformat raises anything from KeyError to its own errors on a damaged file; what helps is where it lies.
        reason = str(error).strip().split("\n")[0][:120]
        raise AssayError(f"{name} is not a readable notebook ({type(error).__name__}: {reason}).") from error
    return notebook


def _config(course: Course) -> Any:
    try:
        return course.config()
    except AssayError:
        raise
    except Exception as error:
        raise AssayError(
            f"nbgrader_config.py cannot be loaded ({type(error).__name__}: {error}): mend it."
        ) from error


def _within(made: Course, config: Any) -> Any:
    """A copy of the configuration whose course is the temporary one."""
    from copy import deepcopy

    config = deepcopy(config)
    config.CourseDirectory.root = str(made.root)
    config.CourseDirectory.source_directory = "source"
    config.CourseDirectory.release_directory = "release"
    return config


def _quiet_log() -> tuple[logging.Logger, list[str]]:
    """A logger that keeps its lines to itself, for the one sentence of a failure."""
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    log = logging.Logger("assay.nbgrader")
    log.addHandler(Keep())
    return log, lines

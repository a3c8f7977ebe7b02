"""Grades one notebook without a course and without a gradebook, from Python or with ``assay check``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from assay.errors import AssayError
from assay.usage import HelpFormatter, examples
from assay.verdict import Status, Verdict, Verdicts


def grade_notebook(
    master: Path | str | NotebookNode,
    submission: Path | str | bytes | NotebookNode,
    *,
    files: Path | str | None = None,
    course_files: Path | str | None = None,
    limits: Any = None,
    isolation: str | None = None,
    warm: Sequence[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Verdicts:
    """Grade a submitted notebook against its master.

    Parameters
    ----------
    master
        The master notebook, or the file that holds it. A released notebook serves as well: then the visible tests are run.
    submission
        The submitted notebook, the file that holds it, or the file's bytes; it is read as untrusted input.
    files
        A folder whose files the submission finds in its work folder; notebooks in it are left out.
    course_files
        The same for the tests; the folder of the master when that is a file.
    limits
        A `assay.two_kernels.RunLimits`.
    isolation
        ``bubblewrap``, ``landlock`` or ``none``; the best that works on this machine by default.
    warm
        Not None to grade many, one after the other: kernels are then forks of processes that are kept and have imported what the
        notebook imports, and these modules; `assay.kernels.warm.close_warm_processes` ends them.
    progress
        Called with the number of cells done and of all cells.

    Returns
    -------
    Verdicts
        The verdicts on the test cells, in the order of the notebook.

    Raises
    ------
    AssayError
        When the master or the submission cannot be read, or nothing on this machine can keep a submission from doing harm.
    """
    # Here: a program that only wants the function's name should not pay for Jupyter.
    from contextlib import ExitStack

    from assay.folders import copied_without_notebooks, read_master
    from assay.kernels import choose
    from assay.notebook import parse_notebook, rebuild, submitted_notebook
    from assay.two_kernels import run_in_two_kernels

    tier = choose(isolation)
    course_notebook = master if isinstance(master, NotebookNode) else read_master(Path(master))
    if course_files is None and not isinstance(master, NotebookNode):
        course_files = Path(master).parent
    if isinstance(submission, NotebookNode):
        submitted = submitted_notebook(submission)
    else:
        submitted = parse_notebook(submission if isinstance(submission, bytes) else _read(Path(submission)))
    rebuilt = rebuild(submitted, course_notebook)
    with ExitStack() as stack:

        def copied(folder: Path | str | None) -> Path | None:
            return stack.enter_context(copied_without_notebooks(Path(folder))) if folder is not None else None

        run = run_in_two_kernels(
            rebuilt.notebook,
            course_notebook,
            files=copied(files),
            course_files=copied(course_files),
            limits=limits,
            tier=tier,
            warm=warm,
            progress=progress,
        )
    return Verdicts(run.verdicts, tuple(rebuilt.repairs), run.incidents, tier.sentence, run.notebook)


def add_command(subparsers: Any) -> None:
    """Add ``assay check`` to the command line."""
    parser = subparsers.add_parser(
        "check",
        help="run the visible tests of one notebook, as grading would",
        description="Run the tests of a notebook in the way that grading runs them, and print what became of each. It needs no course and "
        "no gradebook, and writes nothing.",
        formatter_class=HelpFormatter,
        epilog=examples(
            ("assay check slope.ipynb", "the tests that a student sees"),
            ("assay check slope.ipynb --master source/slope/slope.ipynb", "the hidden ones as well"),
        ),
    )
    parser.add_argument("notebook", metavar="NOTEBOOK", help="the notebook to check, ungraded cells included")
    parser.add_argument(
        "--master",
        metavar="NOTEBOOK",
        help="the master or released notebook; by default the tests in NOTEBOOK",
    )
    parser.add_argument(
        "--isolation",
        choices=("bubblewrap", "landlock", "none"),
        help="how to keep the notebook from doing harm; by default the best that works here, and none if none does",
    )
    parser.add_argument(
        "--cell-seconds", type=float, default=60.0, metavar="N", help="time limit of a cell (default: 60)"
    )
    parser.add_argument("--json", action="store_true", help="print the verdicts as JSON and nothing else")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from assay.cells import is_test
    from assay.folders import read_master
    from assay.two_kernels import RunLimits

    path = Path(options.notebook)
    if not path.is_file():
        raise AssayError(f"{path} is not there: name a notebook to check.")
    if not any(is_test(cell) for cell in read_master(Path(options.master or path)).cells):
        raise AssayError(
            f"{options.master or path} holds no test cell: name the master or the release with --master."
        )
    verdicts = grade_notebook(
        Path(options.master) if options.master else path,
        path,
        files=path.parent,
        course_files=Path(options.master).parent if options.master else path.parent,
        limits=RunLimits(cell_seconds=options.cell_seconds),
        isolation=options.isolation or _own_isolation(),
    )
    if options.json:
        print(json.dumps(_as_json(verdicts), indent=1))
    else:
        _print(verdicts)
    return 0 if all(verdict.status is Status.PASSED for verdict in verdicts.verdicts) else 1


def _own_isolation() -> str | None:
    """None for the best that works here; a person's own notebook may run on a machine without any."""
    from assay.kernels import choose

    try:
        choose()
    except AssayError:
        return "none"
    return None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise AssayError(f"{path} cannot be read: {error.strerror}.") from error


def _as_json(verdicts: Verdicts) -> dict[str, Any]:
    return {
        "points": verdicts.points,
        "max_points": verdicts.max_points,
        "isolation": verdicts.isolation,
        "repairs": list(verdicts.repairs),
        "incidents": list(verdicts.incidents),
        "verdicts": [verdict.as_json() for verdict in verdicts.verdicts],
    }


def _print(verdicts: Verdicts) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    if not console.is_terminal:
        console = Console(width=120)
    table = Table()
    for title in ("test", "points", "", "why"):
        table.add_column(title)
    for verdict in verdicts.verdicts:
        table.add_row(Text(verdict.grade_id), _points(verdict), verdict.status.value, Text(verdict.message))
    console.print(table)
    for sentence in (*verdicts.repairs, *verdicts.incidents):
        console.print(Text(sentence))
    passed = sum(verdict.status is Status.PASSED for verdict in verdicts.verdicts)
    console.print(Text(f"{passed} of {len(verdicts.verdicts)} tests passed ({verdicts.isolation})."))


def _points(verdict: Verdict) -> str:
    return f"{'?' if verdict.points is None else f'{verdict.points:g}'} / {verdict.max_points:g}"

"""Runs the claims of a notebook on an answer without Jupyter, each to its end, in a fork of this process.

For authors, who run their own variants: there is no sandbox here.
"""

from __future__ import annotations

import ast
import contextlib
import io
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from assay.cells import grade_id, is_solution, is_test, role
from assay.checks.claims import recording
from assay.regions import Kind, drop_delimiters

#: CPU seconds of one claim, so that a busy machine fails nobody.
CELL_SECONDS = 2.0
#: The same where claims train networks.
CELL_SECONDS_WITH_KERAS = 30.0


@dataclass(frozen=True)
class Claim:
    """One claim of a test cell: the cell's grade id, the function's name, and whether students see it."""

    cell: str
    name: str
    hidden: bool


class _TooLong(BaseException):
    """Not an Exception, so that a student's `except Exception` does not swallow it."""


def failed_claims(
    master: NotebookNode,
    answers: Mapping[str, str],
    claims: Sequence[Claim],
    seconds: float,
    files: Path | None = None,
) -> list[Claim]:
    """Run the locked cells, the answers and all claims, and return the claims that failed.

    A claim that was not reached, because its cell raised before it or took too long, counts as failed.

    Parameters
    ----------
    master
        The notebook that the claims belong to; its own answers stand where ``answers`` has none.
    answers
        From the grade id of a solution cell to its source.
    claims
        Claims of the notebook; test cells without one of them are not run.
    seconds
        Wall-clock time without a sign of life after which the rest counts as failed.
    files
        The folder whose files lie beside the notebook; the answers run in a copy of it.
    """
    import_before_the_fork(master)
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    cells = {claim.cell for claim in claims}
    process = context.Process(target=_run, args=(sender, master, dict(answers), cells), daemon=True)
    held: set[tuple[str, str]] = set()
    with in_a_copy_of(files):
        process.start()
        sender.close()
        try:
            while receiver.poll(seconds):
                message = receiver.recv()
                if message:
                    held.add(message)
        except EOFError:
            pass
        finally:
            process.kill()
            process.join()
    return [claim for claim in claims if (claim.cell, claim.name) not in held]


@contextlib.contextmanager
def in_a_copy_of(files: Path | None) -> Iterator[None]:
    """Work in a folder that is deleted at the end, with a copy of these files beside a notebook in it."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory(prefix="assay-claims-", ignore_cleanup_errors=True) as scratch:
        if files is not None:
            shutil.copytree(files, scratch, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.ipynb"))
        os.chdir(scratch)
        try:
            yield
        finally:
            os.chdir(before)


def import_before_the_fork(master: NotebookNode) -> None:
    """Import what the locked cells import, so that no answer is charged for it, and only once for all answers."""
    import matplotlib

    matplotlib.use("agg")
    for cell in master.cells:
        if cell.cell_type == "code" and role(cell).get("locked") and not is_test(cell):
            imports: list[ast.stmt] = [
                node for node in ast.parse(cell.source).body if isinstance(node, (ast.Import, ast.ImportFrom))
            ]
            exec(compile(ast.Module(imports, type_ignores=[]), "<imports>", "exec"), {})


def _run(sender: Connection, master: NotebookNode, answers: dict[str, str], cells: set[str]) -> None:
    signal.signal(signal.SIGPROF, _stop)
    names: dict[str, Any] = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        for cell in master.cells:
            if cell.cell_type != "code":
                continue
            if is_test(cell):
                if grade_id(cell) in cells:
                    _run_claims(sender, cell, names)
            elif is_solution(cell) or role(cell).get("locked"):
                source = answers.get(grade_id(cell), drop_delimiters(cell.source, Kind.SOLUTION))
                _execute(source, names)
    sender.close()


def _run_claims(sender: Connection, cell: NotebookNode, names: dict[str, Any]) -> None:
    # One function at a time: one that never ends must not hide what the others would have said.
    with recording() as outcomes:
        for source in _statements(cell.source):
            _execute(source, names)
            sender.send(None)
    for outcome in outcomes:
        if outcome.error is None:
            sender.send((grade_id(cell), outcome.name))


def _statements(source: str) -> list[str]:
    return [ast.unparse(node) for node in ast.parse(source).body]


def _execute(source: str, names: dict[str, Any]) -> None:
    signal.setitimer(signal.ITIMER_PROF, CELL_SECONDS_WITH_KERAS if "keras" in sys.modules else CELL_SECONDS)
    try:
        exec(compile(source, "<cell>", "exec"), names)
    except (Exception, SystemExit, _TooLong):
        pass  # What a cell raises shows in the claims that need it.
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)


def _stop(*_: Any) -> None:
    raise _TooLong

"""Runs a notebook from its first cell to its last in a kernel that starts the same way everywhere."""

from __future__ import annotations

import copy
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from assay.cells import cell_name
from assay.errors import AssayError

CELL_TIMEOUT = 1800
# No history of the person who builds, and no word from the kernel itself below an error.
KERNEL_ARGUMENTS = ("--HistoryManager.hist_file=:memory:", "--log-level=40")

# These change what a notebook does: nbgrader's say that it is being graded, CI's that it should be quick.
_FOREIGN = ("CI", "NBGRADER_EXECUTION", "NBGRADER_VALIDATING", "PYTHONHASHSEED", "IPYTHONDIR")
# Says something of the machine (its first use of matplotlib), not of the notebook.
_HARMLESS_STDERR = re.compile(
    r"^Matplotlib is building the font cache; this may take a moment\.\n?", re.MULTILINE
)


def run_notebook(
    notebook: NotebookNode,
    folder: Path,
    name: str,
    *,
    allow_errors: bool = False,
    execution: str | None = None,
    timeout: int = CELL_TIMEOUT,
) -> NotebookNode:
    """Run a copy of ``notebook`` in ``folder`` and return it with its outputs.

    Parameters
    ----------
    execution
        What ``NBGRADER_EXECUTION`` says in the kernel; by default nothing, so that trainings run in full.

    Raises
    ------
    AssayError
        When a cell raises (unless ``allow_errors``) or takes longer than ``timeout`` seconds, or the kernel dies;
        ``name`` names the notebook in the message.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    copy = nbformat.from_dict(notebook)
    current = [0]

    def remember(cell: Any, cell_index: int) -> None:
        current[0] = cell_index

    with tempfile.TemporaryDirectory(prefix="assay-ipython-") as profile:
        client = NotebookClient(
            copy,
            timeout=timeout,
            kernel_name="python3",
            allow_errors=allow_errors,
            record_timing=False,
            resources={"metadata": {"path": str(folder)}},
            extra_arguments=list(KERNEL_ARGUMENTS),
            on_cell_start=remember,
        )
        try:
            client.execute(env=_environment(profile, execution))
        except CellTimeoutError as error:
            where = cell_name(copy.cells[current[0]], current[0])
            raise AssayError(f"{name}: {where} takes longer than {timeout} s: make it quicker.") from error
        except CellExecutionError as error:
            where = cell_name(copy.cells[current[0]], current[0])
            raise AssayError(f"{name}: {where} raises {error.ename}: {_first_line(error.evalue)}") from error
        except DeadKernelError as error:
            where = cell_name(copy.cells[current[0]], current[0])
            raise AssayError(f"{name}: the kernel dies in {where}: find out what ends it.") from error
    for cell in copy.cells:
        if cell.cell_type == "code":
            cell.outputs = merged_streams(cell.outputs)
    return copy


def merged_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """The outputs with neighbouring pieces of the same stream joined: where a stream is cut depends on the clock."""
    merged: list[NotebookNode] = []
    for output in map(copy.copy, outputs):
        if output.output_type == "stream":
            if output.name == "stderr":
                output.text = _HARMLESS_STDERR.sub("", output.text)
                if not output.text:
                    continue
            if merged and merged[-1].output_type == "stream" and merged[-1].name == output.name:
                merged[-1].text += output.text
                continue
        merged.append(output)
    return merged


@contextmanager
def copied(folder: Path) -> Iterator[Path]:
    """A copy of a folder, under its own name, that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="assay-run-") as place:
        copy = Path(place).resolve() / folder.name
        shutil.copytree(folder, copy)
        yield copy


def _environment(profile: str, execution: str | None) -> dict[str, str]:
    environment = {key: value for key, value in os.environ.items() if key not in _FOREIGN}
    # A person's own IPython start-up files and the order of sets must not show in a committed output.
    environment |= {"IPYTHONDIR": profile, "PYTHONHASHSEED": "0"}
    if execution is not None:
        environment["NBGRADER_EXECUTION"] = execution
    return environment


def _first_line(text: str) -> str:
    return text.strip().split("\n")[0]

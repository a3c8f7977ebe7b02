"""Runs a notebook to its end whatever its cells do: an nbgrader preprocessor in the place of ``Execute``."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty
from time import monotonic
from typing import Any

from nbclient.exceptions import CellExecutionComplete, DeadKernelError
from nbclient.util import ensure_async, run_sync
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import Execute
from nbgrader.utils import is_grade
from traitlets import Float, Integer, default

TIMED_OUT = "TimedOut"
KERNEL_DIED = "KernelDied"

# What becomes an output of the cell; messages of widgets and of debuggers do not.
OUTPUT_MESSAGES = {"stream", "display_data", "execute_result", "error", "clear_output", "update_display_data"}
POLL_SECONDS = 0.25
OUTPUT_SECONDS = 1.0
LEAST_MESSAGE = 100


class ExecuteToTheEnd(Execute):
    """Execute every code cell under a time limit, and go on when a cell hangs or takes its kernel down.

    A cell that does not end is interrupted. Where that does not help, or where the kernel died, a fresh kernel
    replays the cells that ended well, and the run goes on with the next cell: what was earned is kept, and what
    comes later still counts. The kernel works in a scratch copy of the folder, so that no file that is written
    while grading reaches ``autograded/`` and from there a student.
    """

    grace = Float(2.0, help="Seconds for an interrupted cell to stop before its kernel is replaced.").tag(
        config=True
    )
    max_output = Integer(
        1_000_000, help="Characters of output that are kept of one cell; the rest is dropped."
    ).tag(config=True)

    @default("shutdown_kernel")
    def _shutdown_kernel_default(self) -> str:
        # Nothing that a submission registered for the end of its process shall run.
        return "immediate"

    @default("record_timing")
    def _record_timing_default(self) -> bool:
        return False

    @default("store_widget_state")
    def _store_widget_state_default(self) -> bool:
        return False

    def preprocess(self, nb: NotebookNode, resources: Any = None, km: Any = None) -> tuple[NotebookNode, Any]:
        """Execute ``nb`` in place, in a scratch copy of the folder that ``resources`` names."""
        self._ended_well: list[str] = []
        with tempfile.TemporaryDirectory(prefix="assay-", ignore_cleanup_errors=True) as scratch:
            folder = Path(scratch) / "work"
            shutil.copytree(resources["metadata"]["path"], folder, symlinks=True)
            inside = {**resources, "metadata": {**resources["metadata"], "path": str(folder)}}
            super().preprocess(nb, inside, km)
        return nb, resources

    def preprocess_cell(
        self, cell: NotebookNode, resources: Any, cell_index: int
    ) -> tuple[NotebookNode, Any]:
        """Execute one cell; what it did to its kernel is over when this returns."""
        self.execute_cell(cell, cell_index)
        return cell, resources

    async def async_execute_cell(
        self,
        cell: NotebookNode,
        cell_index: int,
        execution_count: int | None = None,
        store_history: bool = True,
    ) -> NotebookNode:
        """Execute one cell and give it its outputs; never raises for what the cell does."""
        if cell.cell_type != "code" or not cell.source.strip():
            return cell
        if not await ensure_async(self.km.is_alive()):
            await self._start_over()
        cell.outputs = []
        self.clear_before_next_output = False
        reply, late = await self._run(cell.source, _Output(self, cell, cell_index))
        if reply is None:
            cell.outputs.append(_timed_out(self.timeout) if late else _kernel_died())
            await self._start_over()
        elif late:
            cell.outputs = [output for output in cell.outputs if output.output_type != "error"]
            cell.outputs.append(_timed_out(self.timeout))
        else:
            cell.execution_count = reply["content"].get("execution_count")
            self.on_cell_executed(cell=cell, cell_index=cell_index, execute_reply=reply)
            if reply["content"]["status"] == "ok":
                self._ended_well.append(cell.source)
        if is_grade(cell):
            _calm(cell)
        return cell

    execute_cell = run_sync(async_execute_cell)

    async def async_start_new_kernel(self, **options: Any) -> None:
        """Start a kernel that cannot write past its outputs onto the terminal of the grader."""
        silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        await super().async_start_new_kernel(**{**silent, **options})

    start_new_kernel = run_sync(async_start_new_kernel)

    async def _async_cleanup_kernel(self) -> None:
        if self.km is None:
            return
        group = getattr(getattr(self.km, "provisioner", None), "pgid", None)
        await super()._async_cleanup_kernel()
        if group:
            # The kernel leads its own group: what it started and left running goes with it.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(group, signal.SIGKILL)

    _cleanup_kernel = run_sync(_async_cleanup_kernel)

    async def _start_over(self) -> None:
        """Replace the kernel and replay what ended well; what does not end again is left out from then on."""
        while True:
            await self._async_cleanup_kernel()
            self.create_kernel_manager()
            await self.async_start_new_kernel()
            await self.async_start_new_kernel_client()
            for position, source in enumerate(self._ended_well):
                reply, late = await self._run(source, lambda message: None)
                if reply is None or late:
                    del self._ended_well[position]
                    break
            else:
                return

    async def _run(
        self, source: str, take: Callable[[dict[str, Any]], None]
    ) -> tuple[dict[str, Any] | None, bool]:
        """Run ``source`` and hand its output to ``take``.

        Returns
        -------
        reply
            The kernel's answer, or None when it gave none: the kernel is stuck or gone.
        late
            Whether the time limit had passed.
        """
        message_id = self.kc.execute(source, allow_stdin=False, stop_on_error=False)
        reader = asyncio.ensure_future(self._read_output(message_id, take))
        late = False
        try:
            reply = await self._reply(message_id, self.timeout)
            if reply is None:
                late = True
                await ensure_async(self.km.interrupt_kernel())
                reply = await self._reply(message_id, self.grace)
            if reply is not None:
                # The message that ends the output can get lost in a flood: the reply is what counts.
                await asyncio.wait({reader}, timeout=OUTPUT_SECONDS)
        except DeadKernelError:
            reply = None
        finally:
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)
        if reply is not None and _leaves(reply):
            reply = None
        return reply, late

    async def _reply(self, message_id: str, seconds: float | None) -> dict[str, Any] | None:
        """The kernel's answer to a message, or None when it does not come in time."""
        deadline = monotonic() + seconds if seconds and seconds > 0 else None
        while deadline is None or monotonic() < deadline:
            wait = POLL_SECONDS if deadline is None else min(POLL_SECONDS, max(0.0, deadline - monotonic()))
            try:
                message = await ensure_async(self.kc.shell_channel.get_msg(timeout=wait))
            except Empty:
                if not await ensure_async(self.km.is_alive()):
                    raise DeadKernelError("Kernel died") from None
                continue
            if message["parent_header"].get("msg_id") == message_id:
                return message
        return None

    async def _read_output(self, message_id: str, take: Callable[[dict[str, Any]], None]) -> None:
        while True:
            message = await ensure_async(self.kc.iopub_channel.get_msg(timeout=None))
            # In a flood the next message may always be there already: give the clocks a turn.
            await asyncio.sleep(0)
            if message["parent_header"].get("msg_id") != message_id:
                continue
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                return
            take(message)


class _Output:
    """Takes the messages of one cell, up to a limit."""

    def __init__(self, execute: ExecuteToTheEnd, cell: NotebookNode, cell_index: int) -> None:
        self.execute = execute
        self.cell = cell
        self.cell_index = cell_index
        self.room = execute.max_output

    def __call__(self, message: dict[str, Any]) -> None:
        if message["msg_type"] == "execute_input":
            self.cell.execution_count = message["content"]["execution_count"]
        if message["msg_type"] not in OUTPUT_MESSAGES or self.room <= 0:
            return
        # A message costs something however short it is, or a million of them would be kept.
        size = max(LEAST_MESSAGE, _length(message["content"]))
        if message["msg_type"] == "stream" and size > self.room:
            message["content"]["text"] = message["content"]["text"][: self.room]
        elif size > self.room:
            message = _notice("[An output that is too large was dropped.]\n", message)
        self.room -= size
        self._keep(message)
        if self.room <= 0:
            self._keep(_notice("\n[The rest of the output was dropped.]\n", message))

    def _keep(self, message: dict[str, Any]) -> None:
        with suppress(CellExecutionComplete):
            self.execute.process_message(message, self.cell, self.cell_index)


def _length(content: Any) -> int:
    if isinstance(content, dict):
        return sum(_length(value) for value in content.values())
    if isinstance(content, list):
        return sum(_length(value) for value in content)
    return len(content) if isinstance(content, str) else 1


def _notice(text: str, message: dict[str, Any]) -> dict[str, Any]:
    header = {**message["header"], "msg_type": "stream"}
    return {**message, "header": header, "msg_type": "stream", "content": {"name": "stdout", "text": text}}


def _leaves(reply: dict[str, Any]) -> bool:
    """Whether the cell told its kernel to end (``exit()``), which it does a moment later."""
    payload = reply["content"].get("payload") or []
    return any(isinstance(item, dict) and item.get("source") == "ask_exit" for item in payload)


def _timed_out(seconds: float) -> NotebookNode:
    return _error(TIMED_OUT, f"This cell did not end within {seconds:g} s and was stopped.")


def _kernel_died() -> NotebookNode:
    return _error(
        KERNEL_DIED, "The kernel ended while this cell ran; a fresh one went on with the next cell."
    )


def _error(name: str, sentence: str) -> NotebookNode:
    return new_output("error", ename=name, evalue=sentence, traceback=[f"{name}: {sentence}"])


def _calm(cell: NotebookNode) -> None:
    """Print a test cell's stderr as stdout: nbgrader takes the points of a cell for a harmless warning."""
    for output in cell.outputs:
        if output.output_type == "stream":
            output.name = "stdout"

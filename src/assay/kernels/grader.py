"""The kernel that runs the course's own cells and the tests: it asks the student kernel for what they need."""

from __future__ import annotations

import math
import os
import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from ipykernel.ipkernel import IPythonKernel

from assay.bridge.emptiness import compare_emptiness
from assay.bridge.remote import (
    CannotSend,
    ProtocolBroken,
    Remote,
    StudentDied,
    StudentLate,
    Ungradable,
)
from assay.bridge.seeds import carry_seeds
from assay.checks.awards import collecting
from assay.kernels.keepsakes import Keepsakes

CONTROL = "ASSAY_CONTROL"
#: Seconds for a link that the driver has sent to arrive.
LINK_SECONDS = 10.0
MESSAGE_LENGTH = 4000
#: Reads of at most 64 KiB: far more than one answer that came too late.
STALE_READS = 8192
TRACEBACK_LENGTH = 8000

_nothing = object()
_NUMPY_NUMBERS = frozenset(
    getattr(np, name)
    for name in (
        "float16",
        "float32",
        "float64",
        *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)),
    )
)
_FAILURES = ((StudentLate, "late"), (StudentDied, "died"), (ProtocolBroken, "protocol"))


class GraderKernel(IPythonKernel):
    """Adds one message, ``assay_run_request``: run a cell of the course with the names that it needs of the student.

    Its content has ``source``, ``locked`` (whether it is a locked cell and no test), ``fetch`` (names), ``expected`` (those of
    them that the notebook asks the student to bind), ``imports`` (statements by name), ``stars`` (statements that import
    everything), ``link`` (the number of the link to use, 0 for none) and ``seconds``.
    The reply says what became of the cell: see `_reply`.
    """

    msg_types = [  # noqa: RUF012 - as the base class has it
        *IPythonKernel.msg_types,
        "assay_run_request",
    ]

    def __init__(self, **options: Any) -> None:
        """Take over the socket that links arrive through."""
        super().__init__(**options)
        self._control = socket.socket(fileno=int(os.environ.pop(CONTROL))) if CONTROL in os.environ else None
        self._link: socket.socket | None = None
        self._link_number = 0
        self._result: Any = None
        self._own: dict[str, Any] = {}
        compare_emptiness()
        self.shell.events.register("post_run_cell", self._note_result)

    async def assay_run_request(self, stream: Any, ident: Any, parent: Any) -> None:
        """Run one cell and answer what became of it."""
        content = parent["content"]
        try:
            reply = await self._run(content)
            reply["execution_count"] = self.shell.execution_count - 1
        except BaseException as error:  # Whatever it is, the driver has to be told.
            reply = _reply(error)
        self.session.send(stream, "assay_run_reply", reply, parent=parent, ident=ident)

    async def _run(self, content: dict[str, Any]) -> dict[str, Any]:
        self._result = None
        remote = self._remote(int(content["link"]), float(content["seconds"]))
        refused: dict[str, Ungradable] = {}
        keepsakes = Keepsakes(self._own.values())
        if remote is not None:
            remote.before_change = keepsakes.before_change
        names = self.shell.user_ns
        before_cell = dict(names) if content["locked"] else {}
        unknown = _import(content["imports"], names)
        _import_all(content["stars"], names, set(content["fetch"]) - set(content["expected"]))
        # What the course's own cells have bound in ways that cannot be read off their source, above all by importing
        # everything from a module, is theirs: a student who defines such a name must not take it over.
        wanted = [name for name in content["fetch"] if name in content["expected"] or name not in names]
        with collecting() as awards, _fetched(remote, [*wanted, *unknown], names, refused):
            await self.do_execute(content["source"], silent=False, store_history=True, allow_stdin=False)
        if content["locked"]:
            fetched = set(wanted)
            self._own.update(
                (name, value)
                for name, value in names.items()
                if name not in fetched and before_cell.get(name, _nothing) is not value
            )
        else:
            keepsakes.restore()
        if self._result is None:
            raise KeyboardInterrupt  # The cell has not come to its end, whatever it says.
        error = self._result.error_before_exec or self._result.error_in_exec
        if isinstance(error, NameError) and error.name in refused:
            error = refused[str(error.name)]
        before = self._result.error_before_exec is not None
        failure = getattr(remote, "failure", None)
        value = _number(self._result.result)
        return _reply(error, before=before, failure=failure, awards=list(awards), value=value)

    def _remote(self, number: int, seconds: float) -> Remote | None:
        if number == 0:
            return None
        while self._link_number < number:
            self._receive_link()
        if self._link is None:
            raise StudentDied("The link to the student kernel did not arrive.")
        _drain(self._link)
        return Remote(self._link, seconds=seconds)

    def _receive_link(self) -> None:
        if self._control is None or not select.select([self._control], [], [], LINK_SECONDS)[0]:
            raise StudentDied("The link to the student kernel did not arrive.")
        message, descriptors, _, _ = socket.recv_fds(self._control, 1, 1)
        if not message or not descriptors:
            raise StudentDied("The link to the student kernel did not arrive.")
        if self._link is not None:
            self._link.close()
        self._link = socket.socket(fileno=descriptors[0])
        self._link_number += 1

    def _note_result(self, result: Any) -> None:
        self._result = result


def _drain(link: socket.socket) -> None:
    """Throw away what came too late for the cell before; the student kernel is not serving now."""
    link.setblocking(False)
    try:
        for _ in range(STALE_READS):
            if not link.recv(1 << 16):
                return
    except (BlockingIOError, ConnectionError):
        return
    finally:
        link.setblocking(True)
    raise ProtocolBroken("The student kernel sends without being asked.")


def _import(statements: dict[str, str], names: dict[str, Any]) -> list[str]:
    """Run import statements, and return the names of what this kernel does not have, such as a student's own module."""
    unknown = []
    for name, statement in statements.items():
        try:
            exec(statement, names)
        except ImportError:
            unknown.append(name)
    return unknown


def _import_all(statements: list[str], names: dict[str, Any], wanted: set[str]) -> None:
    """Bind those of the wanted names that nobody has bound and that one of the statements imports."""
    for statement in statements if wanted - set(names) else []:
        found: dict[str, Any] = {}
        try:
            exec(statement, found)
        except ImportError:
            continue
        names.update({name: found[name] for name in wanted & set(found) if name not in names})


@contextmanager
def _fetched(
    remote: Remote | None, wanted: list[str], names: dict[str, Any], refused: dict[str, Ungradable]
) -> Iterator[None]:
    """Bind the student's values while a cell runs; the next cell asks for them anew."""
    bound = {}
    if remote is None:
        yield
        return
    try:
        for name in wanted:
            names.pop(name, None)
            try:
                bound[name] = remote.fetch(name)
            except NameError:
                continue
            except Ungradable as error:
                refused[name] = error
        names.update(bound)
        remote.mirror(names, bound)
        with carry_seeds(remote):
            yield
    finally:
        for name, value in bound.items():
            if names.get(name) is value:
                del names[name]
        remote.done()


def _reply(
    error: BaseException | None,
    *,
    before: bool = False,
    failure: BaseException | None = None,
    awards: list[tuple[float, str]] | None = None,
    value: float | None = None,
) -> dict[str, Any]:
    """What the driver is told of a cell.

    ``error`` is the name of the exception's class or empty, ``message`` its text; ``failure`` is ``late``, ``died`` or
    ``protocol`` when the student kernel failed; ``blame`` is ``course`` when the cell itself is wrong, ``name`` when it
    misses the name ``missing``, ``ungradable`` when an answer cannot be sent to the tests, ``interrupted``, or empty.
    ``value`` is the number that the cell's last line came to, as text.
    """
    failed = failure if failure is not None else error
    words = next((word for kind, word in _FAILURES if isinstance(failed, kind)), "")
    blame, missing = "", ""
    if isinstance(error, Ungradable):
        blame = "ungradable"
    elif isinstance(error, KeyboardInterrupt):
        blame = "interrupted"
    elif not hasattr(error, "student_traceback"):
        if before or isinstance(error, (CannotSend, ImportError)):
            blame = "course"
        elif isinstance(error, NameError):
            blame, missing = "name", str(getattr(error, "name", "") or "")
    return {
        "status": "ok" if error is None and not words else "error",
        "error": type(error).__name__ if error is not None else "",
        "message": _text(error)[:MESSAGE_LENGTH] if error is not None else "",
        "failure": words,
        "blame": blame,
        "missing": missing,
        "awards": awards or [],
        "value": "" if value is None else repr(value),
        "student_traceback": str(getattr(error, "student_traceback", ""))[:TRACEBACK_LENGTH],
    }


def _number(value: Any) -> float | None:
    """The number that a cell's last line came to: nbgrader's way to give a part of the points.

    By its exact type: an object of a student's says of itself what it likes. A number of NumPy's counts as the number that it is.
    """
    if type(value) in _NUMPY_NUMBERS:
        value = value.item()
    if type(value) is int:
        # A whole number may be too large for a float; then it is too large for points, too.
        return float(value) if abs(value) < 2**53 else math.inf
    return value if type(value) is float else None


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return ""

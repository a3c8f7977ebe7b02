"""The kernel that runs a submission: an IPython kernel that also answers what the tests ask of it."""

from __future__ import annotations

import ctypes
import os
import socket
import threading
from typing import Any

from ipykernel.ipkernel import IPythonKernel

from assay.bridge.agent import Agent

LINK = "ASSAY_LINK"


class StudentKernel(IPythonKernel):
    """Adds one message, ``assay_serve_request``: answer the grader kernel over the link until it has done.

    Whatever a submission does to this class costs only its own answers: all that leaves it is data.
    """

    msg_types = [  # noqa: RUF012 - as the base class has it
        *IPythonKernel.msg_types,
        "assay_serve_request",
    ]

    def __init__(self, **options: Any) -> None:
        """Take over the link that the sandbox was started with."""
        super().__init__(**options)
        self._link = socket.socket(fileno=int(os.environ.pop(LINK))) if LINK in os.environ else None

    def assay_serve_request(self, stream: Any, ident: Any, parent: Any) -> None:
        """Answer requests in this thread, so that student code runs where its cells ran."""
        try:
            _end_threads()
            if self._link is not None:
                Agent(self._link, self.shell.user_ns).serve()
        finally:
            self.session.send(stream, "assay_serve_reply", {"status": "ok"}, parent=parent, ident=ident)


def _end_threads() -> None:
    """Ask the threads that the submission's own functions run in to end: no cell of theirs is running now."""
    for thread in threading.enumerate():
        target = getattr(thread, "_target", None)
        if getattr(target, "__module__", None) == "__main__" and thread is not threading.main_thread():
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(thread.ident or 0), ctypes.py_object(SystemExit)
            )

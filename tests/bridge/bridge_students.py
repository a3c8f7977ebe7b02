"""A second process that serves what a piece of student code defines, and a hostile one that says anything."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator

from assay.bridge.remote import Remote
from assay.wire import Channel

PROGRAM = """
import socket, sys
from assay.bridge.agent import Agent
names = {"__name__": "__main__"}
exec(compile(sys.argv[2], "answer.py", "exec"), names)
agent = Agent(socket.socket(fileno=int(sys.argv[1])), names)
names["the_agent"] = agent
agent.serve()
"""


@contextlib.contextmanager
def student(source: str, seconds: float = 60.0) -> Iterator[Remote]:
    """Serve what the source defines, in a process of its own."""
    here, there = socket.socketpair()
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(there.fileno()), textwrap.dedent(source)],
        pass_fds=[there.fileno()],
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"},
        stderr=subprocess.DEVNULL,
    )
    there.close()
    remote = Remote(here, seconds=seconds)
    remote.process = process
    try:
        yield remote
        if remote.failure is None:
            remote.done()
    finally:
        here.close()
        process.kill()
        process.wait()


@contextlib.contextmanager
def hostile(answer: Callable[[Channel, list], None], seconds: float = 5.0) -> Iterator[Remote]:
    """A student's end that answers each message by what ``answer`` does with the channel and the header."""
    here, there = socket.socketpair()

    def serve() -> None:
        channel = Channel(there)
        with contextlib.suppress(Exception):
            while True:
                answer(channel, channel.receive().header)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield Remote(here, seconds=seconds)
    finally:
        here.close()
        with contextlib.suppress(OSError):
            there.shutdown(socket.SHUT_RDWR)
        thread.join(5)
        there.close()

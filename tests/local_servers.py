"""A Jupyter server started for a test as a program of its own, on the loopback only."""

from __future__ import annotations

import json
import secrets
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

ADDRESS = "127.0.0.1"
START_SECONDS = 90
STOP_SECONDS = 15


@dataclass(frozen=True)
class Server:
    """A server that answers.

    Attributes
    ----------
    url
        Where it answers, with a slash at the end.
    token
        What its pages ask for.
    process
        The server.
    """

    url: str
    token: str
    process: psutil.Process

    def ask(self, path: str, method: str = "GET", *, seconds: float = 10) -> str:
        """The body of its reply to a request with the token."""
        request = urllib.request.Request(
            f"{self.url}{path}",
            data=b"" if method == "POST" else None,
            headers={"Authorization": f"token {self.token}"},
            method=method,
        )
        # A proxy of the environment must not take part.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=seconds) as reply:
            return reply.read().decode("utf-8")


@contextmanager
def serving(
    command: Sequence[str], course: Path, environment: Mapping[str, str], log: Path, *, status: str
) -> Iterator[Server]:
    """Serve the course folder; in any case the server and what it started are gone in the end.

    Parameters
    ----------
    command
        What starts it, but for its port.
    environment
        With the folder JUPYTER_RUNTIME_DIR, in which the server says where it answers.
    log
        The file that takes what it prints.
    status
        The page that answers once the server is ready.
    """
    token = secrets.token_hex(16)
    with socket.create_server((ADDRESS, 0)) as free:
        port = free.getsockname()[1]
    with log.open("w", encoding="utf-8") as written:
        server = subprocess.Popen(
            [*command, f"--ServerApp.port={port}", "--no-browser"],
            cwd=course,
            # Not as an argument, which every user of the machine could read.
            env={**environment, "JUPYTER_TOKEN": token},
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
        )
        process = psutil.Process(server.pid)
        try:
            info = Path(environment["JUPYTER_RUNTIME_DIR"], f"jpserver-{server.pid}.json")
            yield _answering(server, process, info, token, status, log)
        finally:
            _stop(server, process)


def _answering(
    server: subprocess.Popen[bytes], process: psutil.Process, info: Path, token: str, status: str, log: Path
) -> Server:
    """Wait for the server; the port is the one that it says, for another program may have taken the one asked for."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        with suppress(OSError, ValueError):
            port = int(json.loads(info.read_text())["port"])
            answering = Server(f"http://{ADDRESS}:{port}/", token, process)
            answering.ask(status)
            return answering
        time.sleep(0.1)
    raise AssertionError(f"The server did not start:\n{log.read_text(encoding='utf-8')[-3000:]}")


def _stop(server: subprocess.Popen[bytes], process: psutil.Process) -> None:
    with suppress(psutil.NoSuchProcess):
        started = process.children(recursive=True)
        process.terminate()
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        for child in started:
            with suppress(psutil.NoSuchProcess):
                child.kill()

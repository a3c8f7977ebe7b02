"""A Jupyter server with nbgrader's formgrader, started for a test as a program of its own, on the loopback only."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from local_servers import ADDRESS, Server, serving

EXTENSION = "nbgrader.server_extensions.formgrader"
SOURCE = Path(__file__).resolve().parents[2] / "src"
# Grading blocks the server: the reply comes when a submission is done.
REPLY_SECONDS = 120


def private_environment(folder: Path) -> dict[str, str]:
    """An environment in which no setting of a user or of the machine takes part; ``folder`` is made for it."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("JUPYTER", "JPY_", "IPYTHON", "XDG_"))
    }
    folders = {
        "HOME": folder,
        "TMPDIR": folder / "tmp",
        "JUPYTER_DATA_DIR": folder / "data",
        "JUPYTER_RUNTIME_DIR": folder / "runtime",
        "IPYTHONDIR": folder / "ipython",
    }
    for path in folders.values():
        path.mkdir(parents=True, exist_ok=True)
    paths = {name: str(path) for name, path in folders.items()}
    # Without this, Jupyter reads /etc and the folder of the environment even when its own folder is elsewhere.
    return {**kept, **paths, "JUPYTER_NO_CONFIG": "1", "PYTHONPATH": str(SOURCE)}


class Formgrader:
    """What a browser with formgrader's pages can ask of a running server."""

    def __init__(self, server: Server) -> None:
        self.server = server

    @property
    def process(self) -> psutil.Process:
        """The server."""
        return self.server.process

    def get(self, path: str) -> str:
        return self._ask("GET", path)

    def get_json(self, path: str) -> Any:
        return json.loads(self._ask("GET", path))

    def press(self, path: str) -> dict[str, Any]:
        """Post what a button posts, and return the reply."""
        return json.loads(self._ask("POST", path))

    def still_running(self) -> list[str]:
        """Names of the programs that the server started and that have not ended."""
        _, alive = psutil.wait_procs(self.process.children(recursive=True), timeout=5)
        return [child.name() for child in alive]

    def _ask(self, method: str, path: str) -> str:
        return self.server.ask(f"formgrader/{path}", method, seconds=REPLY_SECONDS)


@contextmanager
def formgrader_of(course: Path, environment: dict[str, str], log: Path) -> Iterator[Formgrader]:
    """Serve the course folder; in any case the server and what it started are gone in the end."""
    command = [
        sys.executable,
        "-m",
        "jupyter_server",
        f"--ServerApp.ip={ADDRESS}",
        f"--ServerApp.jpserver_extensions={{'{EXTENSION}': True}}",
        "--allow-root",
    ]
    with serving(command, course, environment, log, status="formgrader/api/status") as server:
        yield Formgrader(server)

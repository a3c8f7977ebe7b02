"""Opens JupyterLab on a course, with an exchange inside the course folder, so that one person can walk the whole way alone.

Usage: python tools/lab.py [OPTION OF JUPYTER LAB ...], in the folder of the course.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

# Where nbgrader_config.py puts the exchange, and what Assignment List fetches; both are to be there before they are used.
FOLDERS = ("exchange/shared", "exchange/student")


def main(arguments: list[str]) -> None:
    """Become JupyterLab."""
    course = Path.cwd()
    for folder in FOLDERS:
        (course / folder).mkdir(parents=True, exist_ok=True)
    # nbgrader wants it so and says at the first release that it changes it.
    (course / FOLDERS[0]).chmod(0o777)
    paths = [str(course), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    environment = {
        **os.environ,
        # Assignment List reads its settings in the folder that it fetches to, where no nbgrader_config.py is.
        "JUPYTER_CONFIG_PATH": os.pathsep.join(path for path in paths if path),
    }
    options = ["--ServerApp.ip=127.0.0.1", *(["--allow-root"] if os.geteuid() == 0 else []), *arguments]
    os.execve(sys.executable, [sys.executable, "-m", "jupyterlab", *options], environment)


if __name__ == "__main__":
    main(sys.argv[1:])

"""Keeps one list of the machine's fonts for matplotlib, which takes seconds to make, for every kernel to start with."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import platformdirs


@cache
def font_lists() -> tuple[Path, ...]:
    """The files that matplotlib looks for in its configuration folder, made now if they were never made.

    Kernels get copies: a list that a submission could change would be read by all that come after. Without
    matplotlib, or where nothing can be written, there are none, and a kernel makes its own.
    """
    try:
        version = importlib.metadata.version("matplotlib")
    except importlib.metadata.PackageNotFoundError:
        return ()
    folder = platformdirs.user_cache_path("assay") / f"matplotlib-{version}"
    found = _lists(folder)
    if found:
        return found
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as place:
            # A home of its own: the fonts in the caller's home are not visible to a kernel.
            environment = {"HOME": place, "MPLCONFIGDIR": place, "MPLBACKEND": "agg", "PATH": "/usr/bin:/bin"}
            subprocess.run(
                [sys.executable, "-I", "-B", "-c", "import matplotlib.font_manager"],
                env=environment,
                cwd=place,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=120,
                check=True,
            )
            for made in _lists(Path(place)):
                os.replace(made, folder / made.name)
    except (OSError, subprocess.SubprocessError):
        return ()
    return _lists(folder)


def _lists(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted(folder.glob("fontlist*.json")))

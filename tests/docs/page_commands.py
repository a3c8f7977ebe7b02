"""Runs the commands of a page: its code blocks are read from the page, so that page and test cannot drift apart.

A block that begins with ```` ```sh ```` is run, one after the other in one shell; a block ```` ```text ```` that follows is what has to come out, line by line
in this order, with others in between allowed. A block ```` ```bash ```` is for people only: what needs a browser, a server or another machine.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
_FENCE = re.compile(r"^```(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_MARK = "=== block"


@dataclass(frozen=True)
class Block:
    """One code block of a page: what it is written in, its text, and in which line it begins."""

    language: str
    text: str
    line: int


@dataclass
class Ran:
    """A block that was run, what has to come out by the page, and what came out."""

    block: Block
    expected: list[str] = field(default_factory=list)
    printed: str = ""
    reached: bool = False

    def missing(self) -> list[str]:
        """The lines that should have been printed and were not, or not in this order."""
        left = [" ".join(line.split()) for line in self.printed.split("\n")]
        missing = []
        for line in self.expected:
            wanted = " ".join(line.split())
            if wanted in left:
                left = left[left.index(wanted) + 1 :]
            else:
                missing.append(line)
        return missing


def blocks_of(page: Path) -> list[Block]:
    """All code blocks of a page, in their order."""
    # What is commented out keeps its lines, so that those after it are counted right.
    text = _COMMENT.sub(lambda match: "\n" * match[0].count("\n"), page.read_text(encoding="utf-8"))
    return [
        Block(match[1], match[2], text.count("\n", 0, match.start()) + 1) for match in _FENCE.finditer(text)
    ]


def run_page(
    page: Path,
    folder: Path,
    *,
    replaced: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
    seconds: float = 1200,
) -> list[Ran]:
    """Run the ``sh`` blocks of a page in ``folder``, one shell for all; it ends with the first command that fails.

    ``replaced`` names what cannot be as it is on the page, such as a folder that only root can make, and what takes its place.
    """
    runs: list[Ran] = []
    for block in blocks_of(page):
        if block.language == "sh":
            runs.append(Ran(block))
        elif block.language == "text" and runs:
            runs[-1].expected += [line for line in block.text.split("\n") if line.strip()]
    script = "\n".join(
        [
            "set -euo pipefail",
            *(f"echo '{_MARK} {n}'\n{run.block.text}" for n, run in enumerate(runs)),
            f"echo '{_MARK} end'",
        ]
    )
    for text, other in (replaced or {}).items():
        script = script.replace(text, other)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env={**os.environ, "PATH": path, "COLUMNS": "200", **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        check=False,
        timeout=seconds,
    )
    parts = re.split(rf"^{_MARK} (\S+)\n", done.stdout, flags=re.MULTILINE)
    printed = dict(zip(parts[1::2], parts[2::2], strict=True))
    for number, run in enumerate(runs):
        run.reached = str(number + 1) in printed or ("end" in printed and number + 1 == len(runs))
        run.printed = printed.get(str(number), "")
    return runs


def complaints(runs: list[Ran]) -> list[str]:
    """A few lines for each block that failed or printed something else than the page says."""
    found = []
    for run in runs:
        if not run.reached:
            found.append(f"line {run.block.line} failed:\n{run.block.text}\n{run.printed}")
            break
        found += [
            f"line {run.block.line} does not print\n  {line}\nbut\n{run.printed}" for line in run.missing()
        ]
    return found

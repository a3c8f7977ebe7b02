"""Says what machine a benchmark ran on, and writes its results to ``bench/results/``."""

from __future__ import annotations

import os
import platform
from datetime import date
from pathlib import Path

import psutil

RESULTS = Path(__file__).parent / "results"


def sentence() -> str:
    """Processor, cores, memory and Python, and nothing that names the machine."""
    model = platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []:
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    cores = len(os.sched_getaffinity(0))
    memory = psutil.virtual_memory().total / 2**30
    return f"{model}, {cores} cores, {memory:.0f} GB, {platform.system()}, Python {platform.python_version()}, {date.today()}"


def write(name: str, text: str) -> None:
    """Write one benchmark's results, over those of its last run, and print them."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.md").write_text(f"{text.rstrip()}\n\nMeasured on {sentence()}.\n", encoding="utf-8")
    print(text.rstrip())

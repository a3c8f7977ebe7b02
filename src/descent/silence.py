"""Keeps quiet what a library writes to a descriptor, past Python, while it is imported."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def silent_descriptor(number: int) -> Iterator[None]:
    """Lose what is written to a descriptor of this process, 2 for standard error; nothing changes where it is closed."""
    try:
        kept = os.dup(number)
    except OSError:
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, number)
        yield
    finally:
        os.dup2(kept, number)
        os.close(kept)
        os.close(nowhere)

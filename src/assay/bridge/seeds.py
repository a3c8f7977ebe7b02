"""Seeding in both kernels: a test that seeds before it calls a student's function means the same as in one kernel."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Protocol
from unittest import mock

import numpy as np

LIBRARIES = ("random", "numpy", "keras", "tensorflow")


class SeedsRemotely(Protocol):
    """Something that can seed the other kernel."""

    def seed(self, library: str, value: Any) -> None:
        """Seed a library there."""


def set_seed(library: str, value: Any) -> None:
    """Seed a library of this process, if it is loaded."""
    if library == "random":
        random.seed(value)
    elif library == "numpy":
        np.random.seed(value)
    elif library == "tensorflow" and "tensorflow" in sys.modules:
        sys.modules["tensorflow"].random.set_seed(value)
    elif library == "keras":
        if "keras" in sys.modules:
            sys.modules["keras"].utils.set_random_seed(value)
        else:
            random.seed(value)
            np.random.seed(value)


@contextmanager
def carry_seeds(remote: SeedsRemotely) -> Iterator[None]:
    """While this is on, seeding a library here seeds it in the student kernel too.

    It covers ``random.seed``, ``numpy.random.seed`` and, when they are loaded, ``tensorflow.random.set_seed`` and
    ``keras.utils.set_random_seed``, as long as they are called as attributes of their modules.
    """
    with ExitStack() as stack:
        for library, owner, name in _seeding_functions():
            original = getattr(owner, name)
            stack.enter_context(mock.patch.object(owner, name, _carrying(remote, library, original)))
        yield


def _seeding_functions() -> list[tuple[str, Any, str]]:
    found: list[tuple[str, Any, str]] = [("random", random, "seed"), ("numpy", np.random, "seed")]
    if "tensorflow" in sys.modules:
        found.append(("tensorflow", sys.modules["tensorflow"].random, "set_seed"))
    if "keras" in sys.modules:
        found.append(("keras", sys.modules["keras"].utils, "set_random_seed"))
    return found


def _carrying(remote: SeedsRemotely, library: str, original: Callable[..., Any]) -> Callable[..., Any]:
    def seed(*arguments: Any, **keywords: Any) -> Any:
        result = original(*arguments, **keywords)
        values = [*arguments, *keywords.values()]
        remote.seed(library, values[0] if values else None)
        return result

    return seed

"""Keeps what the course's own cells have bound as it was, whatever a student's function does to its arguments."""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import numpy as np

#: Containers and arrays that are looked into or kept; more are left as they are.
MOST_OBJECTS = 10_000
_CONTAINERS = (list, dict, set, bytearray)


class Keepsakes:
    """The lists, dicts, sets and arrays of the course, and how they were before a test cell.

    Within one cell a function that changes an argument in place changes the test's own object, as in one kernel: a test may
    be about just that. For the cells that follow the course's data is what it was.
    """

    def __init__(self, values: Iterable[Any]) -> None:
        """Take the values of names that locked cells have bound."""
        self._ours = _found_in(values)
        self._kept: dict[int, tuple[Any, Any]] = {}

    def before_change(self, value: Any) -> None:
        """Note how an object is now, if it is one of the course's and was not noted yet."""
        if id(value) in self._ours and id(value) not in self._kept:
            self._kept[id(value)] = (value, value.copy())

    def restore(self) -> None:
        """Make every object that was changed what it was."""
        for value, before in self._kept.values():
            if isinstance(value, np.ndarray):
                value[...] = before
            elif isinstance(value, (list, bytearray)):
                value[:] = before
            else:
                value.clear()
                value.update(before)
        self._kept.clear()


def _found_in(values: Iterable[Any]) -> dict[int, Any]:
    """The containers and arrays among some values and inside them, by their identity."""
    found: dict[int, Any] = {}
    waiting = list(values)
    seen: set[int] = set()
    while waiting and len(seen) < MOST_OBJECTS:
        value = waiting.pop()
        if id(value) in seen:
            continue
        kind = type(value)
        if kind in _CONTAINERS or (kind is np.ndarray and value.flags.writeable):
            found[id(value)] = value
        if issubclass(kind, (list, tuple, set)):
            seen.add(id(value))
            waiting += value
        elif issubclass(kind, dict):
            seen.add(id(value))
            waiting += value.values()
        elif kind.__module__ == "__main__" or kind is SimpleNamespace:
            # An object of a class of the course's own.
            seen.add(id(value))
            waiting += getattr(value, "__dict__", {}).values()
    return found

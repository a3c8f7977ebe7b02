"""Objects that cross the link as their settings alone: one that comes twice is one object on this side, too."""

# The parameters of a class are in its own docstring.
# ruff: noqa: D107

from __future__ import annotations

from collections.abc import Callable
from typing import Any

#: Objects that are kept to be given out again, and the bytes of the settings of each.
_MOST_REBUILT = 200
_LARGEST_REBUILT = 16 * 2**10


class Rebuilt:
    """Objects that were rebuilt from their config alone: one that comes again with the same config is the same object again.

    Layers and models are not among them, their weights change.
    """

    def __init__(self) -> None:
        self._objects: dict[tuple[int, bytes], Any] = {}

    def get(self, number: int, text: bytes, build: Callable[[], Any]) -> Any:
        """The object to which the other side gives this number, as it was built before or anew."""
        key = number, text
        if key in self._objects:
            return self._objects[key]
        value = build()
        if len(text) <= _LARGEST_REBUILT:
            if len(self._objects) >= _MOST_REBUILT:
                del self._objects[next(iter(self._objects))]
            self._objects[key] = value
        return value

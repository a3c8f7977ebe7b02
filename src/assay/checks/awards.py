"""Partial credit that a test cell gives by saying so."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from numbers import Real

_collections: list[list[tuple[float, str]]] = []


def award(points: float, reason: str) -> float:
    """Give a part of the cell's points, and say what for.

    A test cell that calls this earns the sum of what it awarded, never less than 0 nor more than its points, whether or
    not it ends with an error after that; one that does not call it earns all of its points or none. A negative number
    takes points off.

    Parameters
    ----------
    points
        In points of the cell, not as a share of them.
    reason
        What they are given for, for the student.

    Returns
    -------
    float
        ``points``.

    Raises
    ------
    ValueError
        ``points`` is not a finite number.
    """
    if isinstance(points, bool) or not isinstance(points, Real) or not math.isfinite(points):
        raise ValueError(f"award: got {points!r}, expected a finite number of points.")
    value = float(points)
    if _collections:
        _collections[-1].append((value, str(reason)))
    print(f"awarded: {value:g} {'point' if abs(value) == 1 else 'points'}: {reason}")
    return value


@contextmanager
def collecting() -> Iterator[list[tuple[float, str]]]:
    """Note what is awarded meanwhile; for the grader."""
    awards: list[tuple[float, str]] = []
    _collections.append(awards)
    try:
        yield awards
    finally:
        _collections.pop()

"""Keeps an empty answer from being equal to everything: NumPy compares it with a number item by item, of which there is none."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

MOST_LOOKED_INTO = 100

#: Empty lists and arrays that came from the student, for the cell that runs, by their identity.
_empty: dict[int, Any] = {}


def compare_emptiness() -> None:
    """From now on ``np.isclose``, ``np.allclose`` and ``numpy.testing`` tell a student's empty answer from one that is not.

    Has to be called before the course's own cells import these functions by name.
    """
    if hasattr(np.allclose, "__assay__"):
        return
    from numpy.testing._private import utils

    utils.assert_array_compare = _asserting(utils.assert_array_compare)
    np.isclose = _saying(np.isclose, lambda other: np.zeros(np.shape(other), dtype=bool)[()])
    np.allclose = _saying(np.allclose, lambda other: False)


def note(value: Any) -> None:
    """Remember what is empty of an answer."""
    if _is_empty(value):
        _empty[id(value)] = value
    elif type(value) in (list, tuple) and len(value) <= MOST_LOOKED_INTO:
        _empty.update((id(part), part) for part in value if _is_empty(part))


def forget() -> None:
    """Forget the answers of the cell before."""
    _empty.clear()


def _is_empty(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return value.size == 0
    return type(value) in (list, tuple) and not value


def _differs(one: Any, other: Any) -> bool:
    """Whether ``one`` is an empty answer and ``other`` is not empty."""
    return bool(_empty) and id(one) in _empty and np.size(other) > 0


def _asserting(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def compare(comparison: Any, x: Any, y: Any, *arguments: Any, **keywords: Any) -> Any:
        __tracebackhide__ = True
        if _differs(x, y) or _differs(y, x):
            message = keywords.get("err_msg") or (arguments[0] if arguments else "")
            raise AssertionError(
                f"{message}\nAn empty answer is compared with one that is not empty.".strip()
            )
        return original(comparison, x, y, *arguments, **keywords)

    return compare


def _saying(original: Any, false: Callable[[Any], Any]) -> Any:
    @functools.wraps(original)
    def compare(a: Any, b: Any, *arguments: Any, **keywords: Any) -> Any:
        for one, other in ((a, b), (b, a)):
            if _differs(one, other):
                return false(other)
        return original(a, b, *arguments, **keywords)

    compare.__assay__ = True  # type: ignore[attr-defined]
    return compare

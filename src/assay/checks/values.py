"""Verbs for numbers, arrays, choices and tables."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence, Sized
from typing import Any

import numpy as np

from assay.checks.claims import ClaimFailed

NUMERIC_KINDS = "biuf"


def close(
    got: Any,
    expected: Any,
    name: str,
    *,
    hint: str = "",
    rtol: float = 1e-6,
    atol: float = 1e-9,
) -> None:
    """Compare numbers or arrays of numbers: there, numeric, of one shape, then equal within a tolerance.

    Parameters
    ----------
    got, expected
        Scalars, sequences or arrays; NaN equals NaN here.
    name
        What the value is called in the message.
    hint
        The likely slip, put in brackets behind the message.
    rtol, atol
        As in ``numpy.allclose``: ``|got - expected| <= atol + rtol * |expected|``.

    Raises
    ------
    ClaimFailed
        On the first rung that does not hold.
    NotImplementedError
        ``got`` is still open (an Ellipsis).
    """
    __tracebackhide__ = True
    array = _numeric(got, name, hint)
    wanted = np.asarray(expected)
    if array.shape != wanted.shape:
        raise ClaimFailed(f"{name}: got {_extent(array)}, expected {_extent(wanted)}")
    wrong = ~np.isclose(array.astype(float), wanted.astype(float), rtol=rtol, atol=atol, equal_nan=True)
    if wrong.any():
        place = tuple(int(index) for index in np.argwhere(wrong)[0])
        where = f"[{', '.join(map(str, place))}]" if place else ""
        raise ClaimFailed(
            _message(f"{name}{where}: got {array[place]:.8g}, expected {wanted[place]:.8g}", hint)
        )


def number(got: Any, name: str, *, hint: str = "") -> float:
    """Check that a value is one real number (Python's, NumPy's or an array without dimensions) and return it.

    A truth value is none.

    Raises
    ------
    ClaimFailed
        It is something else.
    NotImplementedError
        It is still open (an Ellipsis).
    """
    __tracebackhide__ = True
    array = _numeric(got, name, hint)
    if array.shape != ():
        raise ClaimFailed(_message(f"{name}: got {_extent(array)}, expected one number", hint))
    if array.dtype.kind == "b":
        raise ClaimFailed(_message(f"{name}: got {bool(array)}, expected one number", hint))
    return float(array)


def answered(value: Any, name: str) -> Any:
    """Return an answer that was to be filled in where None stood.

    Raises
    ------
    NotImplementedError
        It is still None.
    """
    __tracebackhide__ = True
    _refuse_open(value, name, also_none=True)
    return value


def equal(got: Any, expected: Any, name: str, *, hint: str = "") -> None:
    """Compare two values that are exactly equal or not: a whole number, a truth value, a string, a list of those.

    NumPy's scalars count as Python's, and True is not 1.

    Raises
    ------
    ClaimFailed
        They differ, in type or in value.
    NotImplementedError
        ``got`` is still open (None or an Ellipsis where something else is expected).
    """
    __tracebackhide__ = True
    _refuse_open(got, name, also_none=expected is not None)
    plain = got.tolist() if isinstance(got, (np.generic, np.ndarray)) else got
    if isinstance(expected, (list, tuple)) and isinstance(plain, (list, tuple)):
        if len(plain) != len(expected):
            raise ClaimFailed(_message(f"{name}: got {len(plain)} items, expected {len(expected)}", hint))
        for index, (one, other) in enumerate(zip(plain, expected, strict=True)):
            equal(one, other, f"{name}[{index}]", hint=hint)
        return
    if type(plain) is not type(expected) or plain != expected:
        raise ClaimFailed(_message(f"{name}: got {_short(plain)}, expected {expected!r}", hint))


def length(got: Any, expected: int, name: str, *, hint: str = "") -> None:
    """Check how many items a list, tuple, array or the like has.

    Raises
    ------
    ClaimFailed
        It has another number of them, or none at all because it is something else.
    """
    __tracebackhide__ = True
    _refuse_open(got, name, also_none=False)
    if got is None:
        raise ClaimFailed(f"{name}: got None (is there a return?)")
    if isinstance(got, (str, bytes)) or not isinstance(got, Sized) or _is_scalar(got):
        raise ClaimFailed(f"{name}: got {_short(got)}, expected a list")
    equal(len(got), expected, name, hint=hint)


def items(got: Any, name: str) -> list:
    """Return what a list, a tuple, an array or a generator holds, as a list.

    Raises
    ------
    ClaimFailed
        It is nothing to go through item by item; a string and a dict count as single values here.
    NotImplementedError
        It is still open (an Ellipsis).
    """
    __tracebackhide__ = True
    _refuse_open(got, name, also_none=False)
    if got is None:
        raise ClaimFailed(f"{name}: got None (is there a return?)")
    if isinstance(got, (str, bytes, dict)) or not isinstance(got, Iterable) or _is_scalar(got):
        raise ClaimFailed(f"{name}: got {_short(got)}, expected a list")
    return list(got)


def choice(got: Any, options: Collection[Any], name: str) -> None:
    """Check that an answer is one of those to choose from, without saying which is right.

    Raises
    ------
    ClaimFailed
        It is none of them; the message lists them.
    NotImplementedError
        Nothing is chosen yet (None or an Ellipsis).
    """
    __tracebackhide__ = True
    _refuse_open(got, name, also_none=True)
    plain = got.item() if isinstance(got, np.generic) else got
    if not any(type(plain) is type(option) and plain == option for option in options):
        offered = ", ".join(repr(option) for option in options)
        raise ClaimFailed(f"{name}: got {_short(plain)}, choose one of {offered}")


def records(got: Any, columns: Sequence[str], name: str) -> dict[str, np.ndarray]:
    """Check that a value is a list of records of numbers, and return it column by column.

    Parameters
    ----------
    got
        A non-empty list or tuple of records, each a sequence of ``len(columns)`` real numbers.
    columns
        What the numbers of a record are called, in order.
    name
        What the list is called in the message.

    Returns
    -------
    dict
        From the name of a column to a float array of shape ``(len(got),)``.

    Raises
    ------
    ClaimFailed
        It is not such a list; the message names the first record that is none.
    """
    __tracebackhide__ = True
    _refuse_open(got, name, also_none=False)
    if got is None:
        raise ClaimFailed(f"{name}: got None (is there a return?)")
    if not _has_items(got):
        raise ClaimFailed(f"{name}: got {_short(got)}, expected a list of ({', '.join(columns)})")
    if len(got) == 0:
        raise ClaimFailed(f"{name}: got an empty list, expected at least the start")
    rows = []
    for index, record in enumerate(got):
        if not _has_items(record):
            raise ClaimFailed(f"{name}[{index}]: got {_short(record)}, expected ({', '.join(columns)})")
        if len(record) != len(columns):
            raise ClaimFailed(
                f"{name}[{index}]: got {len(record)} values, expected {len(columns)}: ({', '.join(columns)})"
            )
        rows.append(
            [
                number(value, f"{name}[{index}], {column}")
                for value, column in zip(record, columns, strict=True)
            ]
        )
    table = np.array(rows, dtype=float)
    return {column: table[:, index] for index, column in enumerate(columns)}


def _has_items(value: Any) -> bool:
    return isinstance(value, (list, tuple)) or (isinstance(value, np.ndarray) and value.ndim > 0)


def _numeric(got: Any, name: str, hint: str) -> np.ndarray:
    __tracebackhide__ = True
    _refuse_open(got, name, also_none=False)
    if got is None:
        raise ClaimFailed(f"{name}: got None (is there a return?)")
    try:
        array = np.asarray(got)
    except Exception:
        raise ClaimFailed(_message(f"{name}: got {_short(got)}, expected numbers", hint)) from None
    if array.dtype.kind == "c" and not array.imag.any():
        # Eigenvalues come as complex numbers from NumPy 2.5 on, real as they may be.
        array = array.real
    if array.dtype.kind not in NUMERIC_KINDS:
        raise ClaimFailed(_message(f"{name}: got {_short(got)}, expected numbers", hint))
    return array


def _refuse_open(got: Any, name: str, *, also_none: bool) -> None:
    __tracebackhide__ = True
    if got is Ellipsis or (also_none and got is None):
        raise NotImplementedError(f"{name} is not answered yet.")


def _is_scalar(value: Any) -> bool:
    """Whether it is an array without dimensions, which has no length though its type says so."""
    return isinstance(value, np.ndarray) and value.ndim == 0


def _extent(array: np.ndarray) -> str:
    """How large an array is, in the words of someone who thinks of lists."""
    if array.ndim == 0:
        return "one number"
    if array.ndim == 1:
        return "1 value" if len(array) == 1 else f"{len(array)} values"
    return f"shape {array.shape}"


def _message(text: str, hint: str) -> str:
    return f"{text} ({hint})" if hint else text


def _short(value: Any, limit: int = 60) -> str:
    """A value as a message shows it: cut, and with its type when that is not plain from the text."""
    try:
        text = repr(value)
    except Exception:
        text = f"<{type(value).__name__} without a repr>"
    text = text if len(text) <= limit else text[: limit - 3] + "..."
    return (
        text
        if isinstance(value, (str, bool, int, float, type(None)))
        else f"{text} (a {type(value).__name__})"
    )

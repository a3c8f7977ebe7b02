"""A claim: one sentence on an answer, and the code that finds out whether it is true."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import numpy as np


class ClaimFailed(AssertionError):  # noqa: N818 - it is a verdict, not an error of the program
    """An answer is not what the sentence of a claim says; the message is for the student."""


@dataclass(frozen=True)
class Outcome:
    """What became of one claim while a `recording` was on.

    Attributes
    ----------
    name
        The name of the claim's function.
    error
        What it raised, or None when the claim held.
    """

    name: str
    error: BaseException | None


_recordings: list[list[Outcome]] = []


def claim(function: Callable[[], None]) -> Callable[[], None]:
    """Find out at once whether the claim holds; a decorator for a function without parameters.

    The docstring is the sentence that the student reads. Warnings of NumPy and of Python are silenced
    meanwhile: what they write would look like an error to nbgrader.

    Raises
    ------
    ClaimFailed
        The claim does not hold: the sentence, then what was got and expected.
    NotImplementedError
        The answer is still open.
    Exception
        Whatever else the student's code raised, with its own traceback.
    """
    __tracebackhide__ = True
    if not (function.__doc__ or "").strip():
        raise TypeError(
            f"The claim {function.__name__} needs a docstring: the sentence that the student reads."
        )
    if _recordings:
        _recordings[-1].append(Outcome(function.__name__, _error_of(function)))
        return function
    _run(function)
    print(f"passed: {_sentence(function)}")
    return function


def fail(message: str) -> None:
    """Say that the claim does not hold.

    Raises
    ------
    ClaimFailed
        Always, with ``message``.
    """
    __tracebackhide__ = True
    raise ClaimFailed(message)


def holds(condition: object, message: str) -> None:
    """Fail with ``message`` unless ``condition`` is true (a Python or NumPy truth value, nothing else).

    Raises
    ------
    ClaimFailed
        The condition is false, or not a truth value at all.
    """
    __tracebackhide__ = True
    if not isinstance(condition, (bool, np.bool_)) or not condition:
        raise ClaimFailed(message)


@contextmanager
def recording() -> Iterator[list[Outcome]]:
    """Let every claim run to its end and note what became of it, instead of stopping at the first that fails.

    For authors who measure which claim catches which wrong answer.
    """
    outcomes: list[Outcome] = []
    _recordings.append(outcomes)
    try:
        yield outcomes
    finally:
        _recordings.pop()


def _run(function: Callable[[], None]) -> None:
    __tracebackhide__ = True
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            function()
    except NotImplementedError as error:
        unanswered = NotImplementedError(f"{_sentence(function)}\nThis is not answered yet.")
        raise unanswered.with_traceback(_down_to_the_claim(error)) from None
    except AssertionError as error:
        failed = ClaimFailed(f"{_sentence(function)}\n{error}")
        raise failed.with_traceback(_down_to_the_claim(error)) from None


def _down_to_the_claim(error: BaseException) -> TracebackType | None:
    """A traceback that ends in the line of the claim: IPython shows its last frame even where that hides itself."""
    line = error.__traceback__ and error.__traceback__.tb_next
    return line and TracebackType(None, line.tb_frame, line.tb_lasti, line.tb_lineno)


def _error_of(function: Callable[[], Any]) -> BaseException | None:
    try:
        _run(function)
    except Exception as error:
        return error
    return None


def _sentence(function: Callable[[], None]) -> str:
    return " ".join(inspect.cleandoc(function.__doc__ or "").split())

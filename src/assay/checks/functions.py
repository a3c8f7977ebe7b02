"""Verbs for what a function does when it is called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assay.checks.claims import ClaimFailed


def raises(
    expected: type[Exception], function: Callable, *arguments: Any, name: str, **keywords: Any
) -> None:
    """Check that a call raises an exception of a type (or of one derived from it).

    Parameters
    ----------
    expected
        The exception that the task asks for.
    function, arguments, keywords
        The call.
    name
        What the call is called in the message.

    Raises
    ------
    ClaimFailed
        The call returns, or raises something else.
    NotImplementedError
        The function is still open.
    """
    __tracebackhide__ = True
    try:
        function(*arguments, **keywords)
    except NotImplementedError:
        raise
    except expected:
        return
    except Exception as error:
        raise ClaimFailed(
            f"{name}: got {type(error).__name__} ({error}), expected {expected.__name__}"
        ) from None
    raise ClaimFailed(f"{name}: nothing was raised, expected {expected.__name__}")

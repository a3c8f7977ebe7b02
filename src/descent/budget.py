"""How many epochs and examples a notebook may use now: all for a student, few while it is marked or in CI."""

from __future__ import annotations

import os
from dataclasses import dataclass

#: Set by a student, by ``use`` or outside the notebook; goes before everything else.
LEVEL_VARIABLE = "DESCENT_BUDGET"
#: Set by nbgrader in the kernel's environment while it marks or validates a notebook.
_NBGRADER_VARIABLE = "NBGRADER_EXECUTION"
_NBGRADER_RUNS = {
    "autograde": "nbgrader is marking this notebook",
    "validate": "nbgrader is validating this notebook",
}
#: Set to a true value by the services that run CI.
_CI_VARIABLE = "CI"


@dataclass(frozen=True)
class _Level:
    share: float
    max_epochs: int | None = None
    max_examples: int | None = None


_LEVELS = {
    "full": _Level(share=1.0),
    "quick": _Level(share=0.25),
    # Five steps with batches of 32: enough to run every line, too few to learn much.
    "short": _Level(share=1.0, max_epochs=1, max_examples=160),
}
_TITLES = {"full": "all of it", "quick": "a quarter of the work"}


@dataclass(frozen=True)
class Budget:
    """How much work a notebook may do; print it, so that who reads the notebook knows.

    Attributes
    ----------
    name
        ``"full"``, ``"quick"`` (a quarter of the epochs and of the examples) or ``"short"``
        (1 epoch, at most 160 examples).
    reason
        Why it is this one, as the end of a sentence that begins with "because".
    """

    name: str
    reason: str

    def epochs(self, asked: int) -> int:
        """Epochs to train for, at least 1, where the task asks for ``asked``."""
        return _allowed(asked, _LEVELS[self.name].share, _LEVELS[self.name].max_epochs, "epochs")

    def examples(self, asked: int) -> int:
        """Examples to use, at least 1, where the task asks for ``asked``."""
        return _allowed(asked, _LEVELS[self.name].share, _LEVELS[self.name].max_examples, "examples")

    def __str__(self) -> str:
        """One line: what is done, why, and how to change it."""
        work = {
            "full": "every epoch and every example",
            "quick": "a quarter of the epochs and of the examples",
            "short": "1 epoch of at most 160 examples, whose results mean nothing",
        }[self.name]
        other = "quick" if self.name == "full" else "full"
        change = (
            f'budget.use("{other}")'
            if _automatic() is None
            else f"{LEVEL_VARIABLE}={other} in the environment"
        )
        return f"Budget {self.name}: {work}, because {self.reason}. For {_TITLES[other]}: {change}."


def current() -> Budget:
    """Read from the environment which budget holds now.

    ``DESCENT_BUDGET`` (``full``, ``quick`` or ``short``) goes first; else the budget is short while nbgrader marks
    or validates (``NBGRADER_EXECUTION`` is ``autograde`` or ``validate``) or where ``CI`` is true; else it is full.

    Raises
    ------
    ValueError
        If ``DESCENT_BUDGET`` names no budget.
    """
    chosen = os.environ.get(LEVEL_VARIABLE, "")
    if chosen:
        return Budget(_checked(chosen, LEVEL_VARIABLE), f"{LEVEL_VARIABLE} is set to {chosen}")
    automatic = _automatic()
    return Budget("full", "nothing asks for less") if automatic is None else Budget("short", automatic)


def use(name: str) -> Budget:
    """Choose the budget for the rest of this notebook, by setting ``DESCENT_BUDGET`` in its environment.

    While the notebook is marked, validated or run in CI nothing changes: a student who needed ``"quick"`` on a slow
    computer hands the call in with the notebook, and it must not make the marking of it longer.

    Parameters
    ----------
    name
        ``"full"``, ``"quick"`` or ``"short"``.

    Returns
    -------
    Budget
        The one that holds from now on.

    Raises
    ------
    ValueError
        If there is no such budget.
    """
    _checked(name, "the budget")
    if _automatic() is None:
        os.environ[LEVEL_VARIABLE] = name
    return current()


def epochs(asked: int) -> int:
    """Epochs to train for under the current budget where the task asks for ``asked``."""
    return current().epochs(asked)


def examples(asked: int) -> int:
    """Examples to use under the current budget where the task asks for ``asked``."""
    return current().examples(asked)


def _automatic() -> str | None:
    """Why this looks like a run that no person waits for, or None."""
    execution = os.environ.get(_NBGRADER_VARIABLE, "")
    if execution in _NBGRADER_RUNS:
        return _NBGRADER_RUNS[execution]
    if os.environ.get(_CI_VARIABLE, "").strip().lower() not in ("", "0", "false", "no", "off"):
        return f"{_CI_VARIABLE} is set, as services that test code do"
    return None


def _checked(name: str, what: str) -> str:
    if name not in _LEVELS:
        raise ValueError(f"{what} is {name!r}; it can be {', '.join(_LEVELS)}.")
    return name


def _allowed(asked: int, share: float, maximum: int | None, what: str) -> int:
    if asked < 1:
        raise ValueError(f"at least 1 has to be asked for, got {asked} {what}.")
    allowed = max(1, int(asked * share))
    return allowed if maximum is None else min(allowed, maximum)

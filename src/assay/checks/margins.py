"""Verbs that compare a result of chance, such as the accuracy of a training, with a threshold."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from assay.checks.claims import ClaimFailed, Outcome, recording
from assay.checks.values import number

AT_LEAST = "at least"
AT_MOST = "at most"


@dataclass(frozen=True)
class Comparison:
    """A comparison with a threshold, as it was met while `observing` was on.

    Attributes
    ----------
    claim
        The name of the claim's function; empty outside every claim.
    index
        0 for the first comparison of the claim, 1 for the next.
    direction
        `AT_LEAST` or `AT_MOST`.
    threshold
        What the value was compared with.
    got
        The value; not a number if it was none.
    """

    claim: str
    index: int
    direction: str
    threshold: float
    got: float


@dataclass
class Observation:
    """What was noted while `observing` was on: every comparison, and what became of every claim."""

    outcomes: list[Outcome]
    _notes: list[tuple[int, str, float, float]] = field(default_factory=list)

    @property
    def comparisons(self) -> list[Comparison]:
        """All comparisons in their order."""
        found: list[Comparison] = []
        counts: dict[int, int] = {}
        for place, direction, threshold, got in self._notes:
            # A claim is recorded when it has ended, so the next outcome is that of the claim the comparison was made in.
            name = self.outcomes[place].name if place < len(self.outcomes) else ""
            index = counts.get(place, 0)
            counts[place] = index + 1
            found.append(Comparison(name, index, direction, threshold, got))
        return found

    def note(self, direction: str, got: float, threshold: float) -> None:
        """Note one comparison of the claim that is running."""
        self._notes.append((len(self.outcomes), direction, threshold, got))


_observations: list[Observation] = []


def at_least(got: Any, threshold: float, name: str, *, hint: str = "") -> None:
    """Check that a number is not below a threshold.

    Parameters
    ----------
    got
        A real number; what is not a number (NaN) is below every threshold.
    threshold
        In the units of ``got``. How far it stands from the runs that should pass and from those that should fail is
        measured by ``assay calibrate``.
    name
        What the number is called in the message.
    hint
        The likely slip, put in brackets behind the message.

    Raises
    ------
    ClaimFailed
        It is smaller, or no real number at all.
    NotImplementedError
        ``got`` is still open (an Ellipsis).
    """
    __tracebackhide__ = True
    _compare(got, AT_LEAST, threshold, name, hint)


def at_most(got: Any, threshold: float, name: str, *, hint: str = "") -> None:
    """Check that a number is not above a threshold; parameters and errors are those of `at_least`.

    Raises
    ------
    ClaimFailed
        It is larger, or no real number at all; NaN is above every threshold.
    NotImplementedError
        ``got`` is still open (an Ellipsis).
    """
    __tracebackhide__ = True
    _compare(got, AT_MOST, threshold, name, hint)


def keeps(direction: str, got: float, threshold: float) -> bool:
    """Whether a value is on the right side of a threshold, for verbs with a message of their own.

    While `observing` is on, the comparison is noted and the answer is yes, so that the claim goes on.

    Parameters
    ----------
    direction
        `AT_LEAST` or `AT_MOST`.
    got, threshold
        A value that is not a number keeps no threshold.
    """
    if _observations:
        _observations[-1].note(direction, float(got), float(threshold))
        return True
    return meets(direction, got, threshold)


def meets(direction: str, got: float, threshold: float) -> bool:
    """Whether a value is on the right side of a threshold, observed or not."""
    return bool(got >= threshold if direction == AT_LEAST else got <= threshold)


@contextmanager
def observing() -> Iterator[Observation]:
    """Note every comparison with a threshold, and let each claim run to its end whatever the value is.

    For authors who measure how far a threshold stands from right and wrong answers.
    """
    with recording() as outcomes:
        observation = Observation(outcomes)
        _observations.append(observation)
        try:
            yield observation
        finally:
            _observations.pop()


def _compare(got: Any, direction: str, threshold: float, name: str, hint: str) -> None:
    __tracebackhide__ = True
    value = number(got, name, hint=hint)
    if not keeps(direction, value, threshold):
        shown = "not a number" if math.isnan(value) else f"{value:.8g}"
        behind = f" ({hint})" if hint else ""
        raise ClaimFailed(f"{name}: got {shown}, expected {direction} {threshold:.8g}{behind}")

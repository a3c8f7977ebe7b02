"""What grading says of a submission, and how it says how far it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assay.verdict import Marks

#: Called with the students whose submissions are being run, the number done and the number of all.
Report = Callable[[Sequence[str], int, int], None]


@dataclass(frozen=True)
class Result:
    """What became of one submission.

    Attributes
    ----------
    marks
        None when it could not be graded.
    failure
        One sentence on why it could not be graded, or empty.
    graded
        Whether it was graded just now: False when nothing has changed since it was, or when it failed.
    seconds
        What running it took.
    notes
        Sentences on what an instructor should know of it.
    isolation
        How the kernels that graded it were kept from doing harm.
    """

    student: str
    assignment: str
    marks: Marks | None
    failure: str = ""
    graded: bool = True
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    isolation: str = ""

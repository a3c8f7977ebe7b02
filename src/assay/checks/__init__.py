"""What a test cell says of an answer.

One verb per function and a ladder inside it: there, of the right type, of the right shape, of the right
value. The message gives what was got, what was expected and the likely slip. Needs NumPy and nothing else,
so that the visible tests run wherever a student works.
"""

from assay.checks.awards import award
from assay.checks.claims import ClaimFailed, claim, fail, holds
from assay.checks.functions import raises
from assay.checks.values import answered, choice, close, equal, items, length, number, records

__all__ = [
    "ClaimFailed",
    "answered",
    "award",
    "choice",
    "claim",
    "close",
    "equal",
    "fail",
    "holds",
    "items",
    "length",
    "number",
    "raises",
    "records",
]

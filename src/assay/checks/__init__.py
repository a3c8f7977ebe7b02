"""What a test cell says of an answer.

One verb per function and a ladder inside it: there, of the right type, of the right shape, of the right
value. The message gives what was got, what was expected and the likely slip. Needs NumPy and nothing else,
so that the visible tests run wherever a student works; the verbs for neural networks import Keras when the first of
them is used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from assay.checks.awards import award
from assay.checks.claims import ClaimFailed, claim, fail, holds
from assay.checks.functions import raises
from assay.checks.margins import at_least, at_most
from assay.checks.values import answered, choice, close, equal, items, length, number, records

if TYPE_CHECKING:
    from assay.checks.behaviour import batch_norm as batch_norm
    from assay.checks.behaviour import dropout as dropout
    from assay.checks.layers import architecture as architecture
    from assay.checks.layers import parameter_count as parameter_count
    from assay.checks.networks import as_sequential as as_sequential
    from assay.checks.training import compiled_with as compiled_with
    from assay.checks.training import converges as converges
    from assay.checks.training import does_not_converge as does_not_converge
    from assay.checks.training import optimizer_steps as optimizer_steps
    from assay.checks.weights import initial_weights as initial_weights
    from assay.checks.weights import weight_penalty as weight_penalty

# Without the verbs that need Keras: `from assay.checks import *` has to work where there is none.
__all__ = [
    "ClaimFailed",
    "answered",
    "at_least",
    "at_most",
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

_NEEDING_KERAS = {
    "architecture": "layers",
    "as_sequential": "networks",
    "batch_norm": "behaviour",
    "compiled_with": "training",
    "converges": "training",
    "does_not_converge": "training",
    "dropout": "behaviour",
    "initial_weights": "weights",
    "optimizer_steps": "training",
    "parameter_count": "layers",
    "weight_penalty": "weights",
}


def __getattr__(name: str) -> Any:
    if name in _NEEDING_KERAS:
        return getattr(import_module(f"assay.checks.{_NEEDING_KERAS[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_NEEDING_KERAS})

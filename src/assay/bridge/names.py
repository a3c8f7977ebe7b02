"""Types and functions that every kernel has, and that therefore travel by their name."""

from __future__ import annotations

import builtins
import math
import operator
from typing import Any

import numpy as np

_BUILTIN_TYPES = "bool int float complex str bytes bytearray list tuple dict set frozenset range slice object"
_BUILTIN_FUNCTIONS = (
    "abs all any bin callable chr divmod enumerate filter hash hex isinstance issubclass iter len map max min next "
    "oct ord pow repr reversed round sorted sum zip"
)
_OPERATORS = (
    "add sub mul truediv floordiv mod pow neg pos matmul and_ or_ xor lt le eq ne ge gt not_ getitem concat"
)
_ARRAY_FUNCTIONS = (
    "all any argmax argmin argsort array asarray average clip concatenate cumprod cumsum diff dot eye "
    "full full_like linspace logspace max mean median min nanmax nanmean nanmin nansum ones ones_like outer "
    "percentile prod quantile ravel reshape round sort squeeze stack std sum trace transpose var vstack hstack where "
    "zeros zeros_like"
)
_CONTROL = ("StopAsyncIteration", "BaseExceptionGroup", "ExceptionGroup")


def _exception_classes() -> dict[str, type[Exception]]:
    found: dict[str, type[Exception]] = {
        name: value
        for name, value in vars(builtins).items()
        if isinstance(value, type)
        and issubclass(value, Exception)
        and value.__name__ == name
        and name not in _CONTROL
    }
    found["numpy.linalg.LinAlgError"] = np.linalg.LinAlgError
    exceptions = getattr(np, "exceptions", np)
    for name in ("AxisError", "ComplexWarning", "VisibleDeprecationWarning", "DTypePromotionError"):
        if hasattr(exceptions, name):
            found[f"numpy.{name}"] = getattr(exceptions, name)
    return found


def _named_values() -> dict[str, Any]:
    found: dict[str, Any] = {f"builtins.{name}": getattr(builtins, name) for name in _BUILTIN_TYPES.split()}
    found["builtins.NoneType"] = type(None)
    for name in _BUILTIN_FUNCTIONS.split():
        found[f"builtins.{name}"] = getattr(builtins, name)
    for name in _OPERATORS.split():
        found[f"operator.{name}"] = getattr(operator, name)
    for name, value in vars(math).items():
        if not name.startswith("_") and callable(value):
            found[f"math.{name}"] = value
    for name in dir(np):
        value = getattr(np, name, None) if not name.startswith("_") else None
        if isinstance(value, np.ufunc) or (isinstance(value, type) and issubclass(value, np.generic)):
            found[f"numpy.{name}"] = value
    for name in _ARRAY_FUNCTIONS.split():
        found[f"numpy.{name}"] = getattr(np, name)
    found["numpy.ndarray"] = np.ndarray
    found["numpy.random.Generator"] = np.random.Generator
    found["numpy.random.RandomState"] = np.random.RandomState
    found["numpy.random.default_rng"] = np.random.default_rng
    return found


EXCEPTIONS = _exception_classes()
NAMED = _named_values()
EXCEPTION_NAMES = {id(value): name for name, value in EXCEPTIONS.items()}
NAMES = {id(value): name for name, value in NAMED.items()}

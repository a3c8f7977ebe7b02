"""pandas tables across the link: columns and indexes as arrays."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from assay.wire import CannotEncode, Decoder, Encoder, WireError

_STRING_TYPES = ("str", "string")


def write(value: Any, encoder: Encoder, depth: int) -> Any:
    """The JSON of a Series, a DataFrame or an Index; None for anything else, and for columns of other types."""
    pandas = sys.modules.get("pandas")
    if pandas is None or not hasattr(pandas, "DataFrame"):
        return None
    if value is pandas.NA:
        return ["P", "NA"]
    if value is pandas.NaT:
        return ["P", "NaT"]
    if type(value) is pandas.Timestamp and value.tz is None:
        return ["P", "timestamp", encoder.encode(value.to_datetime64(), depth + 1)]
    kind = type(value)
    if kind is pandas.Series:
        column, index = (
            _write_column(pandas, value, encoder, depth),
            _write_index(pandas, value.index, encoder, depth),
        )
        if column is None or index is None:
            return None
        return ["P", "series", column, index, encoder.encode(value.name, depth + 1)]
    if kind is pandas.DataFrame:
        columns = [
            _write_column(pandas, value.iloc[:, place], encoder, depth) for place in range(value.shape[1])
        ]
        index, names = (_write_index(pandas, each, encoder, depth) for each in (value.index, value.columns))
        if index is None or names is None or None in columns:
            return None
        encoder.count(len(columns))
        return ["P", "frame", columns, index, names]
    if isinstance(value, pandas.Index):
        index = _write_index(pandas, value, encoder, depth)
        return None if index is None else ["P", "index", index]
    return None


def read(coded: list, decoder: Decoder, depth: int) -> Any:
    """The table of JSON that `write` has written.

    Raises
    ------
    WireError
        It is none.
    """
    import pandas  # type: ignore

    kind = coded[1] if len(coded) > 1 else None
    try:
        if kind == "NA" and len(coded) == 2:
            return pandas.NA
        if kind == "NaT" and len(coded) == 2:
            return pandas.NaT
        if kind == "timestamp" and len(coded) == 3:
            moment = decoder.decode(coded[2], depth + 1)
            if type(moment) is np.datetime64:
                return pandas.Timestamp(moment)
        if kind == "series" and len(coded) == 5:
            column, index = (
                _read_column(pandas, coded[2], decoder, depth),
                _read_index(pandas, coded[3], decoder, depth),
            )
            return pandas.Series(column, index=index, name=_hashable(decoder.decode(coded[4], depth + 1)))
        if kind == "frame" and len(coded) == 5:
            columns = [_read_column(pandas, each, decoder, depth) for each in decoder.listed(coded[2])]
            index, names = (_read_index(pandas, each, decoder, depth) for each in coded[3:])
            if len(names) != len(columns) or any(len(column) != len(index) for column in columns):
                raise WireError("a table is not valid")
            frame = pandas.DataFrame(dict(enumerate(columns)), index=index)
            frame.columns = names
            return frame
        if kind == "index" and len(coded) == 3:
            return _read_index(pandas, coded[2], decoder, depth)
    except (ValueError, TypeError, OverflowError, KeyError):
        raise WireError("a table is not valid") from None
    raise WireError("a table is not valid")


def _write_column(pandas: Any, column: Any, encoder: Encoder, depth: int) -> list | None:
    dtype = column.dtype
    if isinstance(dtype, np.dtype):
        return ["", encoder.encode(np.array(column), depth + 1)]
    if isinstance(dtype, pandas.StringDtype):
        plain = [None if value is pandas.NA or value != value else value for value in column]
        return ["str" if str(dtype) == "str" else "string", encoder.encode(plain, depth + 1)]
    return None


def _read_column(pandas: Any, coded: Any, decoder: Decoder, depth: int) -> Any:
    if type(coded) is not list or len(coded) != 2 or coded[0] not in ("", *_STRING_TYPES):
        raise WireError("a column is not valid")
    values = decoder.decode(coded[1], depth + 1)
    if coded[0] == "":
        if type(values) is not np.ndarray or values.ndim != 1:
            raise WireError("a column is not valid")
        return values
    if type(values) is not list or not all(type(value) in (str, type(None)) for value in values):
        raise WireError("a column is not valid")
    return pandas.array(values, dtype=coded[0])


def _write_index(pandas: Any, index: Any, encoder: Encoder, depth: int) -> list | None:
    name = encoder.encode(index.name, depth + 1) if not isinstance(index, pandas.MultiIndex) else None
    if type(index) is pandas.RangeIndex:
        return ["range", int(index.start), int(index.stop), int(index.step), name]
    if type(index) is pandas.Index or (type(index) is pandas.DatetimeIndex and index.tz is None):
        try:
            column = _write_column(pandas, index.to_series(), encoder, depth)
        except CannotEncode:
            return None
        return None if column is None else ["values", column, name]
    return None


def _read_index(pandas: Any, coded: Any, decoder: Decoder, depth: int) -> Any:
    if type(coded) is not list or not coded:
        raise WireError("an index is not valid")
    if coded[0] == "range" and len(coded) == 5 and all(type(part) is int for part in coded[1:4]):
        return pandas.RangeIndex(*coded[1:4], name=_hashable(decoder.decode(coded[4], depth + 1)))
    if coded[0] == "values" and len(coded) == 3:
        column = _read_column(pandas, coded[1], decoder, depth)
        return pandas.Index(column, name=_hashable(decoder.decode(coded[2], depth + 1)))
    raise WireError("an index is not valid")


def _hashable(name: Any) -> Any:
    if type(name) not in (str, int, float, bool, type(None), tuple):
        raise WireError("the name of a column is not valid")
    return name

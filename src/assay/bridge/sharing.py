"""Mutable objects that both kernels hold: a change on one side reaches the other with the next message.

A list that a test passes to a student's function, and a list that the function returns and keeps, is one
object in one kernel. In two kernels each side has a copy, and both keep a table of such pairs. Before each message the
sender compares its copies with what they were after the last message and sends what changed; the
sides run in turns, so no two changes meet. A pair is given up when either side no longer holds its object.
"""

# The parameters of a class are in its own docstring, and special methods do what Python says of them.
# ruff: noqa: D105, D107

from __future__ import annotations

import operator
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from assay.wire import Decoder, Encoder, WireError, _refuse_collisions, random_state, set_random_state

SHARED_TYPES = (list, dict, set, bytearray, np.ndarray, np.random.Generator, np.random.RandomState)
_SHARED = frozenset(SHARED_TYPES)
MOST_OBJECTS = 1000
MOST_BYTES = 128 * 2**20


@dataclass
class _Pair:
    value: Any
    before: Any
    size: int


class SharedObjects:
    """The table of one side.

    Parameters
    ----------
    parity
        0 or 1: which numbers this side gives to new pairs.
    """

    def __init__(self, parity: int) -> None:
        self.known: dict[int, Any] = {}
        self._parity = parity
        self._next = parity
        self._pairs: dict[int, _Pair] = {}
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._pairs)

    def release(self) -> list[int]:
        """Give up what this side no longer holds, and return the numbers for the other side."""
        released = []
        # The outermost have the highest numbers; giving them up lets go of what is inside.
        for number in sorted(self._pairs, reverse=True):
            if not _is_held(self._pairs[number]):
                self.forget(number)
                released.append(number)
        return released

    def forget(self, number: int) -> None:
        """Give up a pair, if there is one of this number."""
        pair = self._pairs.pop(number, None)
        if pair is not None:
            self._bytes -= pair.size
            self.known.pop(id(pair.value), None)

    def offer(self, objects: list[Any], start: int, most_bytes: int = MOST_BYTES) -> list[list[int]]:
        """Make pairs of the mutable objects from ``start`` on, outermost first as far as the table has room.

        Returns
        -------
        list
            ``[place in objects, number of the pair]`` for each.
        """
        chosen: list[int] = []
        for place in range(len(objects) - 1, start - 1, -1):
            value = objects[place]
            if len(self._pairs) + len(chosen) >= MOST_OBJECTS:
                break
            if is_shareable(value) and self._bytes + _size(value) <= most_bytes:
                chosen.append(place)
        shares = []
        for place in reversed(chosen):
            self._put(self._next, objects[place])
            shares.append([place, self._next])
            self._next += 2
        return shares

    def adopt(self, shares: Any, objects: list[Any]) -> None:
        """Take over the pairs that the other side has made of the objects of its message.

        Raises
        ------
        WireError
            A pair is not possible.
        """
        if type(shares) is not list or len(self._pairs) + len(shares) > 2 * MOST_OBJECTS + 10:
            raise WireError("too many objects are shared")
        for share in shares:
            if type(share) is not list or len(share) != 2 or not all(type(part) is int for part in share):
                raise WireError("a shared object is not valid")
            place, number = share
            if not 0 <= place < len(objects) or not 0 <= number < 2**62:
                raise WireError("a shared object is not valid")
            value = objects[place]
            if number % 2 == self._parity or number in self._pairs or not is_shareable(value):
                raise WireError("a shared object is not valid")
            if id(value) in self.known:
                raise WireError("an object is shared twice")
            self._put(number, value)

    def value(self, number: Any) -> Any:
        """The object of a pair.

        Raises
        ------
        WireError
            There is no such pair.
        """
        if type(number) is not int or number not in self._pairs:
            raise WireError("a message speaks of an object that is not shared")
        return self._pairs[number].value

    def changed(self) -> tuple[list[int], list[int]]:
        """The numbers of the pairs whose objects have changed: first plain ones, then containers."""
        plain: list[int] = []
        containers: list[int] = []
        for number, pair in self._pairs.items():
            if _CHANGED[type(pair.value)](pair.value, pair.before):
                (containers if _is_container(pair.value) else plain).append(number)
        return plain, containers

    def refresh(self, numbers: Iterable[int]) -> None:
        """Note that the other side knows of the changes."""
        for number in numbers:
            if number in self._pairs:
                pair = self._pairs[number]
                pair.before = _before(pair.value)

    def write(self, number: int, encoder: Encoder) -> Any:
        """The JSON of what an object holds now."""
        value = self._pairs[number].value
        if isinstance(value, list):
            return encoder.values(value.copy(), 1)
        if isinstance(value, dict):
            return encoder.values([part for pair in list(value.items()) for part in pair], 1)
        if isinstance(value, set):
            return encoder.values(list(value), 1)
        if isinstance(value, np.ndarray):
            if value.dtype.kind == "O":
                return encoder.values(value.ravel().tolist(), 1)
            return encoder.buffer(value.tobytes())
        if isinstance(value, bytearray):
            return encoder.buffer(bytes(value))
        return encoder.encode(random_state(value), 1)

    def read(self, number: Any, coded: Any, decoder: Decoder) -> Callable[[], None]:
        """Decode what an object of the other side holds now; calling the result writes it into ours.

        Raises
        ------
        WireError
            It does not fit the object.
        """
        value = self.value(number)
        if isinstance(value, (list, dict, set)):
            return _container_update(value, decoder.values(coded, 1), decoder)
        if isinstance(value, np.ndarray):
            return _array_update(value, coded, decoder)
        if isinstance(value, bytearray):
            data = decoder.buffer(coded)

            def write_bytes() -> None:
                try:
                    value[:] = data
                except BufferError:
                    raise WireError("a bytearray that is in use was resized") from None

            return write_bytes
        state = decoder.decode(coded, 1)
        return lambda: set_random_state(value, state)

    def _put(self, number: int, value: Any) -> None:
        pair = _Pair(value, _before(value), _size(value))
        self._pairs[number] = pair
        self._bytes += pair.size
        self.known[id(value)] = ["o", number]


def is_shareable(value: Any) -> bool:
    """Whether a change of the object can be seen and written: a mutable one of a plain type."""
    kind = type(value)
    if kind not in _SHARED:
        return False
    return kind is not np.ndarray or bool(value.flags.writeable)


def any_is_kept(encoder: Encoder) -> bool:
    """Whether somebody else holds one of the objects of a message that is about to be sent.

    Counts references: those from inside the message are known, any other one is somebody's.
    """
    objects, visits = encoder.objects, encoder.visits
    for place in range(len(objects) - 1, -1, -1):
        kind = type(objects[place])
        if kind is tuple:
            if not any(type(part) in _SHARED for part in objects[place]):
                continue
        elif kind not in _SHARED:
            continue
        if sys.getrefcount(objects[place]) - visits[place] > _MESSAGE_REFERENCES:
            return True
        if kind is np.ndarray and _base_is_held(objects[place]):
            return True
    return False


def _is_container(value: Any) -> bool:
    return isinstance(value, (list, dict, set)) or (isinstance(value, np.ndarray) and value.dtype.kind == "O")


def _container_update(value: Any, parts: list, decoder: Decoder) -> Callable[[], None]:
    if isinstance(value, list):

        def write_list() -> None:
            value[:] = parts

        return write_list
    try:
        _refuse_collisions(parts if isinstance(value, set) else parts[::2])
        if isinstance(value, set):
            fresh: Any = set(parts)
        else:
            if len(parts) % 2:
                raise WireError("a dict has a key without a value")
            fresh = dict(zip(parts[::2], parts[1::2], strict=True))
    except TypeError:
        raise WireError("a key cannot be hashed") from None

    def write() -> None:
        value.clear()
        value.update(fresh)

    return write


def _array_update(value: np.ndarray, coded: Any, decoder: Decoder) -> Callable[[], None]:
    if value.dtype.kind == "O":
        parts = decoder.values(coded, 1)
        if len(parts) != value.size:
            raise WireError("an array has changed its size")

        def write_objects() -> None:
            for place, part in enumerate(parts):
                value[np.unravel_index(place, value.shape)] = part

        return write_objects
    data = decoder.buffer(coded)
    if len(data) != value.nbytes or not value.flags.writeable:
        raise WireError("an array has changed its size")

    def write() -> None:
        if data:
            value[...] = np.frombuffer(data, dtype=value.dtype).reshape(value.shape)

    return write


def _size(value: Any) -> int:
    if isinstance(value, np.ndarray):
        return int(value.nbytes) + 100
    if isinstance(value, (list, dict, set)):
        return 16 * len(value) + 100
    return len(value) + 100 if isinstance(value, bytearray) else 3000


def _before(value: Any) -> Any:
    return _BEFORE[type(value)](value)


def _items(value: dict) -> list:
    return [part for pair in list(value.items()) for part in pair]


def _other_list(now: list, before: list) -> bool:
    return len(now) != len(before) or not all(map(operator.is_, now, before))


def _array_before(value: np.ndarray) -> Any:
    return value.ravel().tolist() if value.dtype.kind == "O" else value.tobytes()


def _other_array(value: np.ndarray, before: Any) -> bool:
    if value.dtype.kind == "O":
        return _other_list(value.ravel().tolist(), before)
    # An array that was given another length in place has no counterpart any more, and is left alone.
    return value.nbytes == len(before) and value.tobytes() != before


_BEFORE: dict[type, Callable[[Any], Any]] = {
    list: list.copy,
    dict: _items,
    set: list,
    bytearray: bytes,
    np.ndarray: _array_before,
    np.random.Generator: lambda value: repr(random_state(value)),
    np.random.RandomState: lambda value: _legacy_state(value),
}
_CHANGED: dict[type, Callable[[Any, Any], bool]] = {
    list: _other_list,
    dict: lambda now, before: _other_list(_items(now), before),
    # The order of a set stays as long as nothing is added or taken away.
    set: lambda now, before: _other_list(list(now), before),
    bytearray: lambda now, before: bytes(now) != before,
    np.ndarray: _other_array,
    np.random.Generator: lambda now, before: repr(random_state(now)) != before,
    np.random.RandomState: lambda now, before: _legacy_state(now) != before,
}


def _legacy_state(value: np.random.RandomState) -> tuple:
    state: Any = value.get_state(legacy=False)
    return (state["state"]["key"].tobytes(), state["state"]["pos"], state["has_gauss"], state["gauss"])


def _is_held(pair: _Pair) -> bool:
    if sys.getrefcount(pair.value) > _PAIR_REFERENCES:
        return True
    return type(pair.value) is np.ndarray and _base_is_held(pair.value)


def _base_is_held(value: np.ndarray) -> bool:
    return value.base is not None and sys.getrefcount(value.base) > _BASE_REFERENCES


def _measure() -> tuple[int, int, int]:
    """How many references this module itself holds where it counts; it differs between versions of Python."""
    pair = _Pair([], None, 0)
    base = np.zeros(2)
    view = base[:]
    del base
    objects: list[list] = [[]]
    return sys.getrefcount(pair.value), sys.getrefcount(view.base), sys.getrefcount(objects[0])


_PAIR_REFERENCES, _BASE_REFERENCES, _MESSAGE_REFERENCES = _measure()

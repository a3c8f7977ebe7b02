"""Plain values to frames and back: a JSON header and raw buffers, with limits that hold on both sides.

A frame is a fixed prefix (length of the header, number of buffers, their total length), the lengths of the
buffers, the header, and the buffers. The header holds lists, strings, numbers, true, false and null, never an
object; a list is a value with a tag in front. Nothing is ever unpickled or evaluated, and no length is believed
before it was compared with a limit.
"""

# The parameters of a class are in its own docstring, and special methods do what Python says of them.
# ruff: noqa: D107

from __future__ import annotations

import json
import keyword
import math
import re
import socket
import struct
import time
from collections import Counter, namedtuple
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

PREFIX = struct.Struct("!IIQ")
LENGTH = struct.Struct("!Q")
SMALL_STRING = 400
SMALL_LIST = 32
BIG_INT = 2**63
RANDOM_STATES = ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")

_DTYPE = re.compile(
    r"[<>|](b1|[iu][1248]|f2|f4|f8|f12|f16|c8|c16|c24|c32|[mM]8(\[\d{0,6}[a-zA-Z]{1,2}\])?|[US]\d{1,9})"
)
_to_json = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


class WireError(Exception):
    """What arrived is not a frame of ours, or is one beyond its limits."""


class CannotEncode(Exception):  # noqa: N818 - it is an answer, not an error of the program
    """A value that has no form as data: it contains itself, or it is too large."""


class LinkClosed(Exception):  # noqa: N818 - it is an answer, not an error of the program
    """The other side has closed the link."""


class Late(Exception):  # noqa: N818 - it is an answer, not an error of the program
    """The deadline passed while a frame was due."""


@dataclass(frozen=True)
class WireLimits:
    """What a message may hold.

    Attributes
    ----------
    message_bytes
        The header and all buffers together.
    header_bytes
        The JSON header.
    items
        Elements of all containers together; an object that occurs twice counts twice.
    depth
        Containers inside containers.
    buffers
        Number of raw buffers.
    digits
        Of an int, in decimal.
    """

    message_bytes: int = 256 * 2**20
    header_bytes: int = 48 * 2**20
    items: int = 1_000_000
    depth: int = 100
    buffers: int = 200_000
    digits: int = 10_000


LIMITS = WireLimits()


@dataclass
class Frame:
    """A decoded header and the buffers that it speaks of."""

    header: list
    buffers: list[bytearray]


class Channel:
    """Frames over a stream socket.

    Parameters
    ----------
    connection
        A connected stream socket; the channel sets its time limits.
    limits
        What a frame may hold.
    """

    def __init__(self, connection: socket.socket, limits: WireLimits = LIMITS) -> None:
        self.connection = connection
        self.limits = limits
        self._pending = b""

    def send(self, header: list, buffers: list[Any], deadline: float | None = None) -> None:
        """Send a frame.

        Parameters
        ----------
        deadline
            In seconds of ``time.monotonic``; None waits for ever.

        Raises
        ------
        CannotEncode
            The frame is larger than the limits.
        LinkClosed, Late
            Nobody reads it.
        """
        text = _to_json(header).encode("ascii")
        if not buffers and len(text) <= self.limits.header_bytes:
            self._send_all(PREFIX.pack(len(text), 0, 0) + text, deadline)
            return
        views = [memoryview(buffer).cast("B") if len(buffer) else memoryview(b"") for buffer in buffers]
        lengths = [len(view) for view in views]
        total = sum(lengths)
        limits = self.limits
        if (
            len(text) > limits.header_bytes
            or len(text) + total > limits.message_bytes
            or len(lengths) > limits.buffers
        ):
            raise CannotEncode(
                f"it is larger than a message may be ({(len(text) + total) / 2**20:.0f} MB, "
                f"at most {limits.message_bytes / 2**20:.0f} MB)"
            )
        start = b"".join(
            [PREFIX.pack(len(text), len(lengths), total), *(LENGTH.pack(length) for length in lengths), text]
        )
        if total <= 65536:
            self._send_all(b"".join([start, *views]), deadline)
            return
        self._send_all(start, deadline)
        for view in views:
            self._send_all(view, deadline)

    def receive(self, deadline: float | None = None) -> Frame:
        """Wait for a frame.

        Raises
        ------
        WireError
            What arrives is no frame, or one beyond the limits; found out before memory is set aside for it.
        LinkClosed, Late
            No frame arrives.
        """
        limits = self.limits
        header_length, num_buffers, total = PREFIX.unpack(self._read(PREFIX.size, deadline))
        if header_length > limits.header_bytes or header_length + total > limits.message_bytes:
            raise WireError("a message announces more bytes than are allowed")
        if num_buffers > limits.buffers:
            raise WireError("a message announces more buffers than are allowed")
        lengths: tuple[int, ...] = ()
        if num_buffers:
            lengths = struct.unpack(f"!{num_buffers}Q", self._read(8 * num_buffers, deadline))
            if sum(lengths) != total:
                raise WireError("the lengths of the buffers of a message do not add up")
        elif total:
            raise WireError("the lengths of the buffers of a message do not add up")
        text = self._read(header_length, deadline)
        header = parse_header(text, limits)
        return Frame(header, [self._read(length, deadline) for length in lengths])

    def _send_all(self, data: Any, deadline: float | None) -> None:
        try:
            self.connection.settimeout(_remaining(deadline))
            self.connection.sendall(data)
        except TimeoutError:
            raise Late from None
        except (OSError, ValueError):
            raise LinkClosed from None

    def _read(self, size: int, deadline: float | None) -> bytearray:
        """The next ``size`` bytes, in memory of their own that an array may keep."""
        pending = self._pending
        if len(pending) >= size:
            self._pending = pending[size:]
            return bytearray(pending[:size])
        connection = self.connection
        try:
            if size < 32768:
                # Small frames come whole in one read, so that a call costs one wait and not four.
                while len(pending) < size:
                    connection.settimeout(_remaining(deadline))
                    more = connection.recv(65536)
                    if not more:
                        raise LinkClosed
                    pending += more
                self._pending = pending[size:]
                return bytearray(pending[:size])
            self._pending = b""
            data = bytearray(size)
            data[: len(pending)] = pending
            view, filled = memoryview(data), len(pending)
            while filled < size:
                connection.settimeout(_remaining(deadline))
                count = connection.recv_into(view[filled:])
                if not count:
                    raise LinkClosed
                filled += count
            return data
        except TimeoutError:
            raise Late from None
        except (OSError, ValueError):
            raise LinkClosed from None


def parse_header(text: bytes | bytearray, limits: WireLimits = LIMITS) -> list:
    """Parse the header of a frame, having counted its values and its nesting first.

    Raises
    ------
    WireError
        It is no JSON list, or one that holds too much or goes too deep.
    """
    if text.count(b"[") + text.count(b",") + text.count(b"{") > 3 * limits.items + 1000:
        raise WireError("a message holds more values than are allowed")
    # Every level of ours takes up to three brackets.
    if text.count(b"[") + text.count(b"{") > 3 * limits.depth and _nesting(text) > 3 * limits.depth + 10:
        raise WireError("a message is nested deeper than is allowed")
    try:
        header = json.loads(text.decode("ascii"))
    except (ValueError, RecursionError, MemoryError) as error:
        raise WireError(f"a message is not valid ({type(error).__name__})") from None
    if type(header) is not list:
        raise WireError("a message is not valid (it is no list)")
    return header


def _nesting(text: bytes | bytearray) -> int:
    """How deep brackets outside of strings are nested."""
    codes = np.frombuffer(bytes(text).replace(b"\\\\", b"").replace(b'\\"', b""), dtype=np.uint8)
    inside = np.logical_xor.accumulate(codes == ord('"'))
    opens = ((codes == ord("[")) | (codes == ord("{"))) & ~inside
    closes = ((codes == ord("]")) | (codes == ord("}"))) & ~inside
    steps = (opens.view(np.int8) - closes.view(np.int8))[opens | closes]
    return int(np.cumsum(steps, dtype=np.int32).max(initial=0))


def _remaining(deadline: float | None) -> float | None:
    if deadline is None:
        return None
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds


class Encoder:
    """Values to the JSON and the buffers of one message.

    An object that occurs twice is written once and referred to from then on, so that it is one object on the
    other side too.

    Parameters
    ----------
    opaque
        Called with a value that is no plain data, and with the encoder; returns its JSON.
    known
        Objects that the other side has already: from ``id`` to the JSON that names them.
    """

    def __init__(
        self,
        opaque: Callable[[Any, Encoder, int], Any],
        known: dict[int, Any] | None = None,
        limits: WireLimits = LIMITS,
    ) -> None:
        self.opaque = opaque
        self.known = known if known is not None else {}
        self.limits = limits
        self.buffers: list[Any] = []
        self.objects: list[Any] = []
        self.visits: list[int] = []
        self._weights: list[int] = []
        self._index: dict[int, int] = {}
        self._items = 0
        self._bytes = 0
        self._open_objects: list[Any] = []

    def encode(self, value: Any, depth: int = 0) -> Any:
        """The JSON of a value.

        Raises
        ------
        CannotEncode
            It contains itself, or it is beyond the limits.
        """
        kind = type(value)
        if kind is float or kind is bool or value is None:
            return value
        if kind is int:
            return value if -BIG_INT <= value < BIG_INT else self._big_int(value)
        if kind is str and len(value) <= SMALL_STRING and not _has_surrogates(value):
            return value
        write = _WRITERS.get(kind)
        if write is not None:
            return write(self, value)
        if depth > self.limits.depth:
            raise CannotEncode(f"it is nested more than {self.limits.depth} levels deep")
        number = self._index.get(id(value))
        if number is not None:
            if number < 0:
                raise CannotEncode("it contains itself")
            self.visits[number] += 1
            self.count(self._weights[number])
            return ["r", number]
        named = self.known.get(id(value))
        if named is not None:
            return named
        write_container = _CONTAINERS.get(kind)
        if write_container is None:
            write_container = _container_writer(value)
        if write_container is None:
            return self.opaque(value, self, depth)
        self._index[id(value)] = -1
        # Keeps the object alive, so that its id is not given to another one meanwhile.
        self._open_objects.append(value)
        before = self._items
        coded = write_container(self, value, depth + 1)
        self._open_objects.pop()
        self._index[id(value)] = len(self.objects)
        self.objects.append(value)
        self.visits.append(1)
        self._weights.append(self._items - before)
        return coded

    def count(self, number: int) -> None:
        """Note that so many more items are in the message.

        Raises
        ------
        CannotEncode
            They are too many.
        """
        self._items += number
        if self._items > self.limits.items:
            raise CannotEncode(f"it holds more than {self.limits.items} items")

    def buffer(self, data: Any) -> int:
        """Add a buffer and return its number.

        Raises
        ------
        CannotEncode
            The message becomes too large.
        """
        self._bytes += len(data) if not isinstance(data, memoryview) else data.nbytes
        if self._bytes > self.limits.message_bytes or len(self.buffers) >= self.limits.buffers:
            raise CannotEncode(f"it is larger than {self.limits.message_bytes / 2**20:.0f} MB")
        self.buffers.append(data)
        return len(self.buffers) - 1

    def values(self, values: Any, depth: int) -> list:
        """The JSON of several values, which count as items."""
        self.count(len(values))
        encode = self.encode
        return [encode(value, depth) for value in values]

    def _big_int(self, value: int) -> list:
        if abs(value).bit_length() > self.limits.digits * 3.33:
            raise CannotEncode(f"it holds an int of more than {self.limits.digits} digits")
        return ["I", hex(value)]


class Decoder:
    """The JSON and the buffers of one message to values; every type and every number is checked.

    Parameters
    ----------
    extra
        Called with a list whose tag is none of the plain ones, with the decoder and the depth; returns the
        value or raises WireError.
    """

    def __init__(
        self,
        buffers: list[bytearray],
        extra: Callable[[list, Decoder, int], Any],
        limits: WireLimits = LIMITS,
    ) -> None:
        self.extra = extra
        self.limits = limits
        self.objects: list[Any] = []
        self._weights: list[int] = []
        self._buffers: list[bytearray | None] = list(buffers)
        self._items = 0

    def decode(self, coded: Any, depth: int = 0) -> Any:
        """The value of a piece of JSON.

        Raises
        ------
        WireError
            It is none of ours.
        """
        kind = type(coded)
        if kind is not list:
            if kind is dict or (kind is str and len(coded) > SMALL_STRING):
                raise WireError("a value has no form of ours")
            return coded
        if not coded or type(coded[0]) is not str:
            raise WireError("a value without a tag")
        if depth > self.limits.depth + 1:
            raise WireError("a value is nested deeper than is allowed")
        tag = coded[0]
        if tag == "r":
            number = self.integer(self.fields(coded, 1)[0], 0, len(self.objects) - 1)
            self.count(self._weights[number])
            return self.objects[number]
        read = _READERS.get(tag)
        if read is not None:
            return read(self, coded)
        read_container = _CONTAINER_READERS.get(tag)
        if read_container is None:
            return self.extra(coded, self, depth)
        before = self._items
        try:
            value = read_container(self, coded, depth + 1)
        except (ValueError, TypeError, OverflowError, MemoryError, RecursionError) as error:
            raise WireError(f"a value of kind {tag!r} is not valid ({type(error).__name__})") from None
        self.objects.append(value)
        self._weights.append(self._items - before)
        return value

    def fields(self, coded: list, number: int) -> list:
        """What follows a tag; exactly so many."""
        if len(coded) != number + 1:
            raise WireError(f"a value of kind {coded[0]!r} has the wrong number of parts")
        return coded[1:]

    def integer(self, value: Any, least: int, most: int) -> int:
        """An int within bounds."""
        if type(value) is not int or not least <= value <= most:
            raise WireError("a number is out of its bounds")
        return value

    def text(self, value: Any, most: int = SMALL_STRING) -> str:
        """A string of limited length."""
        if type(value) is not str or len(value) > most:
            raise WireError("a name is no short string")
        return value

    def listed(self, value: Any) -> list:
        """A JSON list whose elements count as items."""
        if type(value) is not list:
            raise WireError("a list was due")
        self.count(len(value))
        return value

    def count(self, number: int) -> None:
        """Note that so many more items are in the message."""
        self._items += number
        if self._items > self.limits.items:
            raise WireError("a message holds more items than are allowed")

    def buffer(self, number: Any) -> bytearray:
        """A buffer, which only one value may use: it becomes its memory."""
        number = self.integer(number, 0, len(self._buffers) - 1)
        data = self._buffers[number]
        if data is None:
            raise WireError("a buffer is used twice")
        self._buffers[number] = None
        return data

    def values(self, coded: Any, depth: int) -> list:
        """The values of a JSON list."""
        decode = self.decode
        return [decode(each, depth) for each in self.listed(coded)]


def _has_surrogates(text: str) -> bool:
    if text.isascii():
        return False
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _no_pairs(data: bytearray) -> str:
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        raise WireError("a string is not valid UTF-8") from None


# What is written without being remembered: values that cannot change and are small, or that no one compares by identity.


def _write_text(encoder: Encoder, value: str) -> list:
    return ["S", encoder.buffer(value.encode("utf-8", "surrogatepass"))]


def _write_float64(encoder: Encoder, value: Any) -> list:
    return ["n8", float(value)]


def _write_scalar(encoder: Encoder, value: Any) -> list:
    dtype = value.dtype
    if not _DTYPE.fullmatch(dtype.str):
        raise CannotEncode(f"it holds a NumPy scalar of type {dtype}")
    return ["n", dtype.str, encoder.buffer(np.asarray(value).tobytes())]


_WRITERS: dict[type, Callable[[Encoder, Any], Any]] = {
    str: _write_text,
    bytes: lambda encoder, value: ["b", encoder.buffer(value)],
    complex: lambda encoder, value: ["c", value.real, value.imag],
    range: lambda encoder, value: ["R", *(encoder.encode(x) for x in (value.start, value.stop, value.step))],
    type(Ellipsis): lambda encoder, value: ["E"],
    type(NotImplemented): lambda encoder, value: ["U"],
    np.float64: _write_float64,
    np.bool_: lambda encoder, value: ["n?", bool(value)],
}
for _type in {
    np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64, np.intc, np.uintc,
    np.longlong, np.ulonglong, np.float16, np.float32, np.longdouble, np.complex64, np.complex128, np.clongdouble,
    np.datetime64, np.timedelta64, np.str_, np.bytes_,
}:  # fmt: skip
    _WRITERS[_type] = _write_scalar


def _write_list(encoder: Encoder, value: list, depth: int) -> list:
    # On a copy: another thread of a student may change the list meanwhile.
    value = value.copy()
    if len(value) >= SMALL_LIST:
        kinds = set(map(type, value))
        if kinds == {float}:
            encoder.count(len(value))
            return ["F", encoder.buffer(np.array(value, dtype="<f8").tobytes())]
        if kinds == {int} and min(value) >= -BIG_INT and max(value) < BIG_INT:
            encoder.count(len(value))
            return ["N", encoder.buffer(np.array(value, dtype="<i8").tobytes())]
    return ["l", encoder.values(value, depth)]


def _write_dict(encoder: Encoder, value: dict, depth: int) -> list:
    flat = [part for pair in list(value.items()) for part in pair]
    return ["d", encoder.values(flat, depth)]


def _write_array(encoder: Encoder, value: Any, depth: int) -> list:
    dtype = value.dtype
    shape = list(value.shape)
    if dtype.kind == "O":
        return ["O", shape, encoder.values(value.ravel().tolist(), depth)]
    if not _DTYPE.fullmatch(dtype.str):
        if dtype.name in ("bfloat16", "float8_e4m3fn", "float8_e5m2"):
            return _write_array(encoder, value.astype(np.float32), depth)
        raise CannotEncode(f"it holds an array of type {dtype}")
    order = "F" if value.flags.f_contiguous and not value.flags.c_contiguous else "C"
    if value.nbytes == 0:
        data: Any = b""
    elif value.flags.c_contiguous and dtype.kind not in "mM" and value.nbytes > 65536:
        data = memoryview(value.reshape(-1).view(np.uint8))
    else:
        data = value.tobytes(order=order)
    return ["a", dtype.str, shape, encoder.buffer(data), order, bool(value.flags.writeable)]


def _write_generator(encoder: Encoder, value: Any, depth: int) -> list | None:
    bits = value.bit_generator
    name = type(bits).__name__
    seed = getattr(bits, "seed_seq", None)
    origin = None
    if type(seed) is np.random.SeedSequence:
        entropy: Any = seed.entropy
        origin = encoder.encode(
            [
                entropy if type(entropy) is int or entropy is None else [int(part) for part in entropy],
                [int(part) for part in seed.spawn_key],
                int(seed.n_children_spawned),
            ],
            depth,
        )
    return ["G", "Generator", name, encoder.encode(_plain_state(bits.state), depth), origin]


def _write_random_state(encoder: Encoder, value: Any, depth: int) -> list:
    return [
        "G",
        "RandomState",
        "MT19937",
        encoder.encode(_plain_state(value.get_state(legacy=False)), depth),
        None,
    ]


def _write_named_tuple(encoder: Encoder, value: Any, depth: int) -> list:
    kind = type(value)
    return ["T", kind.__name__[:100], list(kind._fields), encoder.values(list(tuple.__iter__(value)), depth)]


def _container_writer(value: Any) -> Callable[[Encoder, Any, int], Any] | None:
    """How to write an object of a type that cannot be looked up."""
    kind = type(value)
    if isinstance(value, tuple) and kind.__mro__[-2:] == (tuple, object) and _is_named_tuple(kind):
        return _write_named_tuple
    return None


def _is_named_tuple(kind: type) -> bool:
    fields = getattr(kind, "_fields", None)
    return type(fields) is tuple and 0 < len(fields) <= 256 and all(map(_is_field, fields))


def _is_field(name: Any) -> bool:
    return (
        type(name) is str
        and len(name) <= 100
        and name.isidentifier()
        and not keyword.iskeyword(name)
        and not name.startswith("_")
    )


_CONTAINERS: dict[type, Callable[[Encoder, Any, int], Any]] = {
    list: _write_list,
    tuple: lambda encoder, value, depth: ["t", encoder.values(value, depth)],
    dict: _write_dict,
    set: lambda encoder, value, depth: ["s", encoder.values(list(value), depth)],
    frozenset: lambda encoder, value, depth: ["f", encoder.values(list(value), depth)],
    bytearray: lambda encoder, value, depth: ["B", encoder.buffer(bytes(value))],
    slice: lambda encoder, value, depth: [
        "L",
        *(encoder.encode(x, depth) for x in (value.start, value.stop, value.step)),
    ],
    np.ndarray: _write_array,
    np.random.Generator: _write_generator,
    np.random.RandomState: _write_random_state,
}


def _plain_state(state: Any) -> Any:
    """The state of a random generator with plain ints, and keys as arrays."""
    if isinstance(state, dict):
        return {str(key): _plain_state(value) for key, value in state.items()}
    if isinstance(state, np.ndarray):
        return np.array(state)
    if isinstance(state, (np.integer, bool)):
        return int(state)
    return state


# The way back.


def _read_big_int(decoder: Decoder, coded: list) -> int:
    text = decoder.text(decoder.fields(coded, 1)[0], int(decoder.limits.digits * 0.84) + 16)
    if not re.fullmatch(r"-?0x[0-9a-f]+", text):
        raise WireError("an int is not valid")
    return int(text, 16)


def _read_complex(decoder: Decoder, coded: list) -> complex:
    real, imaginary = decoder.fields(coded, 2)
    if type(real) is not float or type(imaginary) is not float:
        raise WireError("a complex number is not valid")
    return complex(real, imaginary)


def _read_range(decoder: Decoder, coded: list) -> range:
    parts = [decoder.decode(part) for part in decoder.fields(coded, 3)]
    if any(type(part) is not int for part in parts) or parts[2] == 0:
        raise WireError("a range is not valid")
    return range(*parts)


def _read_float64(decoder: Decoder, coded: list) -> Any:
    (value,) = decoder.fields(coded, 1)
    if type(value) is not float:
        raise WireError("a NumPy scalar is not valid")
    return np.float64(value)


def _read_numpy_bool(decoder: Decoder, coded: list) -> Any:
    (value,) = decoder.fields(coded, 1)
    if type(value) is not bool:
        raise WireError("a NumPy scalar is not valid")
    return np.bool_(value)


def _read_scalar(decoder: Decoder, coded: list) -> Any:
    name, number = decoder.fields(coded, 2)
    data = decoder.buffer(number)
    dtype = read_dtype(name)
    if dtype.itemsize != len(data) and not (dtype.itemsize == 0 and not data):
        raise WireError("a NumPy scalar is not valid")
    return _checked_array(data, dtype, [])[()]


_READERS: dict[str, Callable[[Decoder, list], Any]] = {
    "I": _read_big_int,
    "c": _read_complex,
    "S": lambda decoder, coded: _no_pairs(decoder.buffer(decoder.fields(coded, 1)[0])),
    "b": lambda decoder, coded: bytes(decoder.buffer(decoder.fields(coded, 1)[0])),
    "R": _read_range,
    "E": lambda decoder, coded: decoder.fields(coded, 0) or Ellipsis,
    "U": lambda decoder, coded: decoder.fields(coded, 0) or NotImplemented,
    "n8": _read_float64,
    "n?": _read_numpy_bool,
    "n": _read_scalar,
}


def read_dtype(name: Any) -> np.dtype:
    """The plain dtype of a name.

    Raises
    ------
    WireError
        It is none, or one that holds objects or fields.
    """
    if type(name) is not str or not _DTYPE.fullmatch(name):
        raise WireError("an array has a type that is not allowed")
    try:
        return np.dtype(name)
    except (TypeError, ValueError, OverflowError):
        raise WireError("an array has a type that is not known") from None


def _checked_array(data: bytearray, dtype: np.dtype, shape: list[int], order: Any = "C") -> np.ndarray:
    """An array on the memory ``data``, whose length was compared with the shape."""
    if dtype.kind == "b" and data and np.frombuffer(data, dtype=np.uint8).max() > 1:
        raise WireError("an array of truth values holds something else")
    if dtype.kind == "U" and data:
        points = np.frombuffer(data, dtype=np.dtype(np.uint32).newbyteorder(dtype.byteorder))
        if points.max() > 0x10FFFF:
            raise WireError("an array of strings holds something else")
    if not data:
        return np.zeros(shape, dtype=dtype, order=order)
    return np.frombuffer(data, dtype=dtype).reshape(shape, order=order)


def _shape(decoder: Decoder, value: Any) -> list[int]:
    if type(value) is not list or len(value) > 32:
        raise WireError("the shape of an array is not valid")
    shape = [decoder.integer(extent, 0, 2**31) for extent in value]
    if math.prod(extent for extent in shape if extent) > 2**40:
        raise WireError("the shape of an array is not valid")
    return shape


def _read_array(decoder: Decoder, coded: list, depth: int) -> np.ndarray:
    name, extents, number, order, writeable = decoder.fields(coded, 5)
    dtype, shape, data = read_dtype(name), _shape(decoder, extents), decoder.buffer(number)
    if math.prod(shape) * dtype.itemsize != len(data) or math.prod(shape) > decoder.limits.message_bytes:
        raise WireError("an array does not have the length that its shape says")
    if order not in ("C", "F"):
        raise WireError("an array has an order that is not known")
    array = _checked_array(data, dtype, shape, order)
    if writeable is not True:
        array.flags.writeable = False
    return array


def _read_object_array(decoder: Decoder, coded: list, depth: int) -> np.ndarray:
    extents, items = decoder.fields(coded, 2)
    shape, values = _shape(decoder, extents), decoder.values(items, depth)
    if math.prod(shape) != len(values):
        raise WireError("an array does not have the length that its shape says")
    array = np.empty(len(values), dtype=object)
    for place, value in enumerate(values):
        array[place] = value
    return array.reshape(shape)


def _read_floats(decoder: Decoder, coded: list, depth: int) -> list:
    return _read_numbers(decoder, coded, "<f8")


def _read_ints(decoder: Decoder, coded: list, depth: int) -> list:
    return _read_numbers(decoder, coded, "<i8")


def _read_numbers(decoder: Decoder, coded: list, dtype: str) -> list:
    data = decoder.buffer(decoder.fields(coded, 1)[0])
    if len(data) % 8:
        raise WireError("a list of numbers is not valid")
    decoder.count(len(data) // 8)
    return np.frombuffer(data, dtype=dtype).tolist()


def _read_dict(decoder: Decoder, coded: list, depth: int) -> dict:
    flat = decoder.values(decoder.fields(coded, 1)[0], depth)
    if len(flat) % 2:
        raise WireError("a dict has a key without a value")
    keys = flat[::2]
    _refuse_collisions(keys)
    result = dict(zip(keys, flat[1::2], strict=True))
    if len(result) != len(keys) and not any(key != key for key in keys):
        raise WireError("a dict has a key twice")
    return result


def _read_set(decoder: Decoder, coded: list, depth: int) -> set:
    values = decoder.values(decoder.fields(coded, 1)[0], depth)
    _refuse_collisions(values)
    return set(values)


def _refuse_collisions(keys: list) -> None:
    """Refuse keys that were chosen so that looking them up takes for ever."""
    if len(keys) > 256 and max(Counter(map(hash, keys)).values()) > 64:
        raise WireError("a dict or a set has too many keys of the same hash")


_named_tuples: dict[tuple, type] = {}


def _read_named_tuple(decoder: Decoder, coded: list, depth: int) -> Any:
    name, fields, items = decoder.fields(coded, 3)
    if type(fields) is not list or not 0 < len(fields) <= 256 or not all(map(_is_field, fields)):
        raise WireError("a named tuple is not valid")
    values = decoder.values(items, depth)
    if len(values) != len(fields) or len(set(fields)) != len(fields) or not _is_field(name):
        raise WireError("a named tuple is not valid")
    key = (name, *fields)
    if key not in _named_tuples:
        if len(_named_tuples) > 500:
            _named_tuples.clear()
        _named_tuples[key] = namedtuple(name, fields)
    return tuple.__new__(_named_tuples[key], values)


def _read_generator(decoder: Decoder, coded: list, depth: int) -> Any:
    kind, name, state, origin = decoder.fields(coded, 4)
    if kind not in ("Generator", "RandomState") or name not in RANDOM_STATES:
        raise WireError("a random generator is of a kind that is not known")
    values = decoder.decode(state, depth)
    source = decoder.decode(origin, depth)
    if kind == "RandomState":
        generator = np.random.RandomState(0)
        set_random_state(generator, values)
        return generator
    bits = getattr(np.random, name)(_seed_sequence(source))
    fresh = np.random.Generator(bits)
    set_random_state(fresh, values)
    return fresh


def _seed_sequence(origin: Any) -> Any:
    if origin is None:
        return 0
    if type(origin) is not list or len(origin) != 3:
        raise WireError("the seed of a random generator is not valid")
    entropy, key, children = origin
    for part in (entropy if type(entropy) is list else [entropy or 0], key, [children]):
        if type(part) is not list or not all(type(each) is int and 0 <= each < 2**1024 for each in part):
            raise WireError("the seed of a random generator is not valid")
    if children >= 2**32 or entropy is None:
        return 0
    return np.random.SeedSequence(entropy, spawn_key=tuple(key), n_children_spawned=children)


def random_state(generator: Any) -> dict:
    """The state of a NumPy Generator or RandomState, as plain values."""
    if isinstance(generator, np.random.RandomState):
        return _plain_state(generator.get_state(legacy=False))
    return _plain_state(generator.bit_generator.state)


def set_random_state(generator: Any, state: Any) -> None:
    """Set the state of a NumPy Generator or RandomState to one that came over the wire.

    Raises
    ------
    WireError
        It is no state of such a generator.
    """
    _check_state(state, random_state(generator))
    try:
        if isinstance(generator, np.random.RandomState):
            generator.set_state(state)
        else:
            generator.bit_generator.state = state
    except (ValueError, TypeError, OverflowError, KeyError):
        raise WireError("the state of a random generator is not valid") from None


def _check_state(state: Any, pattern: Any) -> None:
    """Compare a state with one that is right, key by key and type by type."""
    same = type(state) is type(pattern)
    if same and type(pattern) is dict:
        if list(state) != list(pattern):
            raise WireError("the state of a random generator is not valid")
        for key, part in pattern.items():
            _check_state(state[key], part)
        if "pos" in state and not (type(state["pos"]) is int and 0 <= state["pos"] <= 624):
            raise WireError("the state of a random generator is not valid")
        if "buffer_pos" in state and not 0 <= state["buffer_pos"] <= 4:
            raise WireError("the state of a random generator is not valid")
        return
    if same and type(pattern) is np.ndarray:
        same = state.dtype == pattern.dtype and state.shape == pattern.shape
    if same and type(pattern) is str:
        same = state == pattern
    if same and type(pattern) is int:
        same = 0 <= state < 2**256
    if not same:
        raise WireError("the state of a random generator is not valid")


_CONTAINER_READERS: dict[str, Callable[[Decoder, list, int], Any]] = {
    "l": lambda decoder, coded, depth: decoder.values(decoder.fields(coded, 1)[0], depth),
    "F": _read_floats,
    "N": _read_ints,
    "t": lambda decoder, coded, depth: tuple(decoder.values(decoder.fields(coded, 1)[0], depth)),
    "d": _read_dict,
    "s": _read_set,
    "f": lambda decoder, coded, depth: frozenset(_read_set(decoder, coded, depth)),
    "B": lambda decoder, coded, depth: decoder.buffer(decoder.fields(coded, 1)[0]),
    "L": lambda decoder, coded, depth: slice(
        *(decoder.decode(part, depth) for part in decoder.fields(coded, 3))
    ),
    "a": _read_array,
    "O": _read_object_array,
    "T": _read_named_tuple,
    "G": _read_generator,
}

"""Values to frames and back, and frames that nobody of ours has written."""

from __future__ import annotations

import math
import socket
import struct
import threading
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.wire import (
    LIMITS,
    PREFIX,
    CannotEncode,
    Channel,
    Decoder,
    Encoder,
    Late,
    LinkClosed,
    WireError,
    WireLimits,
    parse_header,
)


def no_handles(*anything):
    raise WireError("no handles here")


def there_and_back(value, limits: WireLimits = LIMITS):
    here, there = socket.socketpair()
    with here, there:
        encoder = Encoder(no_handles, limits=limits)
        coded = encoder.values([value], 0)
        sender = threading.Thread(target=Channel(here, limits).send, args=(coded, encoder.buffers))
        sender.start()
        frame = Channel(there, limits).receive()
        sender.join()
    (value,) = Decoder(frame.buffers, no_handles, limits).values(frame.header, 0)
    return value


def same(one, other) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, float):
        return struct.pack("d", one) == struct.pack("d", other) or (math.isnan(one) and math.isnan(other))
    if isinstance(one, complex):
        return same(one.real, other.real) and same(one.imag, other.imag)
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return same(list(one.items()), list(other.items()))
    return one == other


keys = st.one_of(
    st.integers(), st.text(), st.booleans(), st.binary(), st.none(), st.tuples(st.integers(), st.text())
)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=-(10**3000), max_value=10**3000),
    st.floats(),
    st.complex_numbers(),
    st.text(st.characters(codec=None, categories=None)),
    st.binary(),
    st.binary().map(bytearray),
    st.just(Ellipsis),
    st.just(NotImplemented),
    st.builds(range, st.integers(), st.integers(), st.integers(1, 9)),
    st.builds(slice, st.none() | st.integers(), st.integers()),
    st.frozensets(st.integers()),
    st.sets(st.text()),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(keys, inner),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None)
@given(values)
def test_plain_values_come_back_as_they_were(value):
    assert same(there_and_back(value), value)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(), min_size=32, max_size=200), st.lists(st.integers(), min_size=32, max_size=200))
def test_long_lists_of_numbers_come_back_as_they_were(floats, integers):
    assert same(there_and_back([floats, integers]), [floats, integers])


@pytest.mark.parametrize(
    "dtype",
    [
        "?",
        "i1",
        "i2",
        "i4",
        "i8",
        "u1",
        "u2",
        "u4",
        "u8",
        "f2",
        "f4",
        "f8",
        "g",
        "F",
        "D",
        "G",
        "M8[ns]",
        "M8[D]",
        "m8[s]",
        "U5",
        "S3",
        ">f8",
        ">i4",
        ">U4",
        ">M8[us]",
    ],
)
@pytest.mark.parametrize("shape", [(), (0,), (5,), (2, 3), (3, 0, 2)])
def test_arrays_of_every_type_come_back_as_they_were(dtype, shape):
    numbers = np.arange(math.prod(shape)).reshape(shape)
    array = np.asarray(numbers.astype(np.dtype(dtype)) if np.dtype(dtype).kind != "b" else numbers % 2 == 0)
    back = there_and_back(array)
    assert (type(back), back.dtype, back.shape) == (np.ndarray, array.dtype, array.shape)
    np.testing.assert_array_equal(back, array)
    assert back.flags.writeable
    if shape == ():
        scalar = there_and_back(array[()])
        assert type(scalar) is type(array[()])
        assert scalar == array[()]


def test_views_and_orders_come_back_with_their_values():
    base = np.arange(24.0).reshape(4, 6)
    for array in (
        base[::2, 1::2],
        base.T,
        base[:, 0],
        np.asfortranarray(base),
        np.broadcast_to(base[0], (3, 6)),
    ):
        np.testing.assert_array_equal(there_and_back(array), array)
    base.flags.writeable = False
    assert not there_and_back(base).flags.writeable


def test_object_arrays_of_plain_values_are_rebuilt_item_by_item():
    array = np.array([[1, "a"], [None, [2.5]]], dtype=object)
    assert there_and_back(array).tolist() == array.tolist()


def test_an_array_with_fields_has_no_form_as_data():
    with pytest.raises(CannotEncode):
        there_and_back(np.zeros(2, dtype=[("a", "f8"), ("b", "O")]))


def test_random_generators_go_on_where_they_were():
    for name in ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"):
        generator = np.random.Generator(getattr(np.random, name)(7))
        generator.random(3, dtype=np.float32)
        back = there_and_back(generator)
        np.testing.assert_array_equal(back.normal(size=9), generator.normal(size=9))
        assert back.spawn(1)[0].random() == generator.spawn(1)[0].random()
    state = np.random.RandomState(3)
    state.normal()
    assert there_and_back(state).normal() == state.normal()


def test_named_tuples_stay_tuples_with_names():
    from collections import namedtuple

    Entry = namedtuple("Entry", "step theta")
    back = there_and_back([Entry(1, 2.5)])[0]
    assert (back, back.theta, type(back).__name__, isinstance(back, tuple)) == ((1, 2.5), 2.5, "Entry", True)


def test_one_object_in_two_places_is_one_object_again():
    inner = [1]
    back = there_and_back({"a": inner, "b": (inner, inner)})
    assert back["a"] is back["b"][0] is back["b"][1]


def test_a_list_that_contains_itself_has_no_form_as_data():
    endless = [1]
    endless.append((endless,))
    with pytest.raises(CannotEncode, match="contains itself"):
        there_and_back(endless)


def test_a_value_that_is_nested_just_deep_enough_comes_through():
    def nested(depth):
        value = []
        for _ in range(depth):
            value = [value]
        return value

    assert there_and_back(nested(LIMITS.depth)) == nested(LIMITS.depth)
    with pytest.raises(CannotEncode, match="nested"):
        there_and_back(nested(LIMITS.depth + 1))


def test_limits_hold_just_under_and_just_over():
    limits = WireLimits(message_bytes=100_000, items=1000, digits=100)
    assert len(there_and_back([None] * 999, limits)) == 999
    assert len(there_and_back(bytes(99_900), limits)) == 99_900
    assert there_and_back(10**99, limits) == 10**99
    for value in ([None] * 1000, bytes(100_001), 10**200, [[0.5] * 501] * 2):
        with pytest.raises(CannotEncode):
            there_and_back(value, limits)


def test_a_value_that_unfolds_without_end_is_refused():
    value = [1, 2]
    for _ in range(60):
        value = [value, value]
    with pytest.raises(CannotEncode, match="more than"):
        there_and_back(value)
    coded = ["t", [1, 2]]
    for number in range(60):
        coded = ["t", [coded, ["r", number]]]
    with pytest.raises(WireError):
        Decoder([], no_handles).decode(coded)


# What a hostile student's kernel would send


def received(data: bytes, limits: WireLimits = LIMITS):
    here, there = socket.socketpair()
    with there:
        sender = threading.Thread(target=lambda: (here.sendall(data), here.close()))
        sender.start()
        try:
            frame = Channel(there, limits).receive()
            return Decoder(frame.buffers, no_handles, limits).values(frame.header, 0)
        finally:
            there.close()
            sender.join()


def frame(header: bytes, buffers=(), lengths=None, total=None) -> bytes:
    lengths = [len(buffer) for buffer in buffers] if lengths is None else lengths
    total = sum(lengths) if total is None else total
    packed = b"".join(struct.pack("!Q", length) for length in lengths)
    return PREFIX.pack(len(header), len(lengths), total) + packed + header + b"".join(buffers)


@pytest.mark.parametrize(
    "data",
    [
        struct.pack("!IIQ", 2**32 - 1, 0, 0),
        struct.pack("!IIQ", 10, 2**32 - 1, 10),
        struct.pack("!IIQ", 10, 1, 2**64 - 1),
        frame(b"[1]", [b"abc"], total=2**40),
        frame(b"[1]", [b"abc"], lengths=[2**63], total=3),
        frame(b"[1]", [], total=7),
        frame(b"\xff\xfe[]"),
        frame(b"{}"),
        frame(b'[{"a":1}]'),
        frame(b"[" * 1_000_000),
        frame(b"[" * 1_000_000 + b"]" * 1_000_000),
        frame(b'[{"a":' * 300_000),
        frame(b"[" + b"9" * 5000 + b"]"),
        frame(b"[" + b"[]," * 3_000_000 + b"1]"),
        frame(b'["' + b"a" * 1000 + b'"]'),
        frame(b'[["S",0]]', [b"\xff\xfe"]),
        frame(b'[["b",0],["b",0]]', [b"x"]),
        frame(b'[["b",1]]', [b"x"]),
        frame(b'[["b",-1]]', [b"x"]),
        frame(b'[["b",true]]', [b"x", b"y"]),
        frame(b'[["a","|O",[1],0,"C",true]]', [b"12345678"]),
        frame(b'[["a","<V8",[1],0,"C",true]]', [b"12345678"]),
        frame(b'[["a","f8,O",[1],0,"C",true]]', [b"12345678"]),
        frame(b'[["a","<f8",[2],0,"C",true]]', [b"12345678"]),
        frame(b'[["a","<f8",[-1],0,"C",true]]', [b"12345678"]),
        frame(b'[["a","<f8",[-1,-1],0,"C",true]]', [b"12345678"]),
        frame(b'[["a","<f8",[4294967296,4294967296],0,"C",true]]', [b""]),
        frame(b'[["a","<f8",[0,1000000000000000000000],0,"C",true]]', [b""]),
        frame(b'[["a","<U0",[1000000000],0,"C",true]]', [b""]),
        frame(b'[["a","|b1",[1],0,"C",true]]', [b"\x07"]),
        frame(b'[["a","<U1",[1],0,"C",true]]', [b"\xff\xff\xff\xff"]),
        frame(b'[["O",[2],[1]]]'),
        frame(b'[["d",[1]]]'),
        frame(b'[["d",[["l",[]],1]]]'),
        frame(b'[["s",[["l",[]]]]]'),
        frame(b'[["d",[1,2,1,3]]]'),
        frame(b'[["r",0]]'),
        frame(b'[["l",[["r",0]]]]'),
        frame(b'[["I","0x' + b"f" * 9000 + b'"]]'),
        frame(b'[["I","1+1"]]'),
        frame(b'[["T","Entry",["__class__"],[1]]]'),
        frame(b'[["T","Entry",["a","a"],[1,2]]]'),
        frame(b'[["G","Generator","system",["d",[]],null]]'),
        frame(b'[["G","Generator","PCG64",["d",["bit_generator","PCG64"]],null]]'),
        frame(b'[["R",0,1,0]]'),
        frame(b'[["pickle",0]]', [b"x"]),
        frame(b"[[]]"),
        frame(b"[[1]]"),
        frame(b"[[null]]"),
        frame(b'[["c",1,2]]'),
        frame(b'[["F",0]]', [b"1234567"]),
    ],
)
def test_what_is_no_frame_of_ours_is_refused_with_little_memory(data):
    tracemalloc.start()
    try:
        with pytest.raises(WireError):
            received(data)
        assert tracemalloc.get_traced_memory()[1] < 60 * 2**20
    finally:
        tracemalloc.stop()


def test_keys_that_collide_are_refused():
    import itertools

    keys = ",".join(str(list(key)).replace(" ", "") for key in itertools.product((-1, -2), repeat=10))
    coded = parse_header(f"[{keys}]".encode())
    assert len({hash(tuple(key)) for key in coded}) == 1
    with pytest.raises(WireError, match="hash"):
        Decoder([], no_handles).decode(["s", [["t", key] for key in coded]])


def test_a_link_that_closes_or_is_silent_is_noticed():
    import time

    here, there = socket.socketpair()
    with here, there:
        with pytest.raises(Late):
            Channel(there).receive(time.monotonic() + 0.05)
        here.sendall(frame(b"[1,2,3]")[:-2])
        here.close()
        with pytest.raises(LinkClosed):
            Channel(there).receive(time.monotonic() + 5)

"""Test cells on functions and values of another process: what one kernel would have done."""

from __future__ import annotations

import contextlib
import inspect
import itertools
import os
import random
import time

import numpy as np
import pytest
from bridge_students import hostile, student

from assay.bridge.remote import (
    CannotSend,
    Handle,
    ProtocolBroken,
    StudentDied,
    StudentFailure,
    StudentLate,
    Ungradable,
)
from assay.bridge.seeds import carry_seeds

ANSWER = """
import numpy as np, os, random, sys, time
from collections import namedtuple

same = lambda x: x
def double_in_place(x): x *= 2
def sort_it(values): values.sort(key=len); values.append("new")
def add_key(table): table["new"] = [1]; table["old"].append(2)
def add_item(group): group.add(9)
def extend(data): data += b"!"
def draw(rng, n): return rng.normal(size=n)
def both(a, b): a.append(1); return a is b, len(b)
def pairs(value): return [value, {"again": value}]

kept_by_default = None
def remember(value, history=[]):
    history.append(value)
    return history
def keep(x):
    global kept
    kept = x
def bump(): kept[0] += 1
def read_kept(): return kept[0]

def descent(start, loss, num_steps): return [(step, loss(start / (step + 1))) for step in range(num_steps)]
def catching(function):
    try:
        function()
    except ValueError as error:
        return "caught " + str(error)
def late_change(callback):
    x = np.zeros(2)
    callback(x)
    x += 1
    return None
def total(numbers): return sum(numbers)
def batches(n, rng):
    order = rng.permutation(n)
    for start in range(0, n, 2):
        yield order[start : start + 2]
def endless():
    while True:
        yield 1

class Mine(KeyError): pass
class Deeper(Mine): pass
def raise_value(): raise ValueError("no such rate")
def raise_mine(): raise Deeper("key")
def raise_exit(): sys.exit(3)
def raise_interrupt(): raise KeyboardInterrupt
def raise_assertion(): assert 1 == 2, "mine"
def raise_stop(): raise StopIteration
def recurse(): return recurse()

class Vector:
    "A vector."
    def __init__(self, x): self.x = x
    def __add__(self, other): return Vector(self.x + other.x)
    def __eq__(self, other): return True
    def __hash__(self): return 1
    def __len__(self): return 3
    def __getitem__(self, place):
        if place >= 3: raise IndexError(place)
        return self.x + place
class Vector2(Vector): pass
class Plain: pass
plain = Plain()
vector = Vector(2)
def function(a, b=2, *rest, c=None, d=plain, **more): "Doc."
Entry = namedtuple("Entry", "step theta")
def entries(): return [Entry(0, 1.5)]
class Float(float):
    def __eq__(self, other): return True
liar = Float(3)
cyclic = []; cyclic.append(cyclic)
huge = bytes(300 * 2**20)
labels = {"A": "good"}
def global_random(): return random.random(), float(np.random.rand())
def die(): os._exit(1)
def sleep(): time.sleep(60)
def ignore_interrupts():
    while True:
        try: time.sleep(60)
        except BaseException: pass
"""


@pytest.fixture(scope="module")
def remote():
    with student(ANSWER, seconds=100) as link:
        yield link


def test_data_comes_as_data_and_functions_as_handles(remote):
    assert remote.fetch("labels") == {"A": "good"}
    function = remote.fetch("function")
    assert isinstance(function, Handle)
    assert callable(function)
    assert function.__name__ == "function"
    assert function.__doc__ is None or isinstance(function.__doc__, str)
    assert repr(function).startswith("<function function")
    with pytest.raises(NameError, match="nothing_of_the_kind"):
        remote.fetch("nothing_of_the_kind")


def test_a_function_that_returns_its_argument_returns_the_tests_own_object(remote):
    same, pairs = remote.fetch("same"), remote.fetch("pairs")
    for value in ([1], {"a": 1}, {1}, bytearray(b"a"), np.zeros(3), np.random.default_rng(1)):
        assert same(value) is value
        one, other = pairs(value)
        assert one is value
        assert other["again"] is value
    function = lambda x: x  # noqa: E731
    assert same(function) is function
    assert same(same) is same


def test_an_argument_that_is_changed_in_place_is_changed_in_the_test(remote):
    array, view = np.arange(6.0), np.arange(6.0)
    remote.fetch("double_in_place")(array)
    remote.fetch("double_in_place")(view[::2])
    assert array.tolist() == [0, 2, 4, 6, 8, 10]
    assert view.tolist() == [0, 1, 4, 3, 8, 5]
    first, second = [1, 2], [3]
    values = [first, second]
    remote.fetch("sort_it")(values)
    assert values[0] is second
    assert values[1] is first
    assert values[2] == "new"
    table = {"old": [1]}
    old = table["old"]
    remote.fetch("add_key")(table)
    assert table == {"old": [1, 2], "new": [1]}
    assert table["old"] is old
    group, data = {1}, bytearray(b"hi")
    remote.fetch("add_item")(group)
    remote.fetch("extend")(data)
    assert (group, data) == ({1, 9}, b"hi!")
    zero = np.array(1.0)
    remote.fetch("double_in_place")(zero)
    assert zero == 2.0


def test_an_argument_that_is_not_changed_stays_as_it_was(remote):
    start = np.array([2.0, 1.0])
    remote.fetch("draw")(np.random.default_rng(0), 3)
    remote.fetch("same")(start)
    assert start.tolist() == [2.0, 1.0]


def test_a_read_only_array_cannot_be_changed(remote):
    array = np.arange(3.0)
    array.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        remote.fetch("double_in_place")(array)
    assert array.tolist() == [0, 1, 2]


def test_one_object_passed_twice_is_one_object_there(remote):
    one = []
    assert remote.fetch("both")(one, one) == (True, 1)
    assert remote.fetch("both")([], []) == (False, 0)


def test_a_random_generator_moves_on_in_the_test(remote):
    for make in (np.random.default_rng, np.random.RandomState):
        ours, theirs = make(5), make(5)
        draw = remote.fetch("draw")
        for _ in range(2):
            np.testing.assert_array_equal(draw(theirs, 4), ours.normal(size=4))
        assert ours.normal() == theirs.normal()


def test_a_generator_function_draws_from_the_tests_generator_when_it_is_gone_through(remote):
    rng, twin = np.random.default_rng(6), np.random.default_rng(6)
    for _ in range(2):
        got = np.concatenate(list(remote.fetch("batches")(5, rng)))
        assert got.tolist() == twin.permutation(5).tolist()


def test_a_list_that_a_function_keeps_is_one_list_in_both_calls(remote):
    remember = remote.fetch("remember")
    first = remember(1)
    before = list(first)
    second = remember([2])
    assert second is first
    assert first == [*before, [2]]
    first.append(3)
    assert remember(4)[-2:] == [3, 4]


def test_an_argument_that_is_kept_changes_on_both_sides(remote):
    array = np.zeros(2)
    remote.fetch("keep")(array)
    remote.fetch("bump")()
    assert array[0] == 1
    array[0] = 7
    assert remote.fetch("read_kept")() == 7


def test_nothing_is_kept_of_arguments_and_results_that_nobody_holds(remote):
    for _ in range(50):
        remote.fetch("pairs")([np.zeros(3), {"a": [1]}])
    remote.fetch("same")(1)
    # What the other tests have left in the student's names.
    assert len(remote.shared) < 20


def test_functions_of_the_test_are_called_in_the_test(remote):
    seen = []

    def loss(theta):
        seen.append(theta)
        return theta**2

    got = remote.fetch("descent")(2.0, loss, 3)
    assert got == [(0, 4.0), (1, 1.0), (2, (2 / 3) ** 2)]
    assert seen == [2.0, 1.0, 2 / 3]
    assert remote.fetch("descent")(1.0, np.square, 1) == [(0, 1.0)]
    assert remote.fetch("total")(number for number in range(5)) == 10


def test_what_a_callback_keeps_is_changed_when_the_student_changes_it(remote):
    seen = []
    remote.fetch("late_change")(seen.append)
    assert seen[0].tolist() == [1.0, 1.0]


def test_a_callback_may_call_the_student_again(remote):
    same, descent = remote.fetch("same"), remote.fetch("descent")
    assert descent(1.0, lambda theta: descent(theta, same, 1)[0][1], 2) == [(0, 1.0), (1, 0.5)]


def test_an_exception_of_the_test_comes_back_as_itself(remote):
    class Own(Exception):  # noqa: N818
        pass

    error = Own("stop here")

    def loss(theta):
        raise error

    with pytest.raises(Own) as caught:
        remote.fetch("descent")(1.0, loss, 3)
    assert caught.value is error

    def refuse():
        raise ValueError("bad rate")

    # The text of an exception may quote a hidden test: it stays here.
    assert remote.fetch("catching")(refuse) == "caught "


def test_exceptions_of_the_student_come_with_type_message_and_lines(remote):
    with pytest.raises(ValueError, match="no such rate") as caught:
        remote.fetch("raise_value")()
    assert "raise_value" in caught.value.student_traceback
    assert "agent" not in caught.value.student_traceback
    with pytest.raises(AssertionError, match="mine") as caught:
        remote.fetch("raise_assertion")()
    assert "raise_assertion" in caught.value.student_traceback
    with pytest.raises(RecursionError):
        remote.fetch("recurse")()


def test_an_exception_class_of_the_students_can_be_caught(remote):
    with pytest.raises(remote.fetch("Mine")) as caught:
        remote.fetch("raise_mine")()
    assert type(caught.value).__name__ == "Deeper"
    assert isinstance(caught.value, KeyError)


@pytest.mark.parametrize(
    ("name", "kind"), [("raise_exit", "SystemExit"), ("raise_interrupt", "KeyboardInterrupt")]
)
def test_an_exception_that_would_end_the_kernel_comes_as_a_plain_one(remote, name, kind):
    with pytest.raises(Exception) as caught:  # noqa: PT011 - which one is what is asked
        remote.fetch(name)()
    assert type(caught.value).__name__ == kind
    assert not isinstance(caught.value, (SystemExit, KeyboardInterrupt))
    assert remote.fetch("same")(1) == 1


def test_handles_equal_nothing_but_themselves(remote):
    vector = remote.fetch("vector")
    assert vector == vector
    assert vector != 3
    assert (vector == remote.fetch("plain")) is False
    assert remote.fetch("liar") != 3
    with pytest.raises(TypeError):
        sorted([vector, remote.fetch("plain")])


def test_handles_can_do_what_their_type_can(remote):
    vector, plain, make = remote.fetch("vector"), remote.fetch("plain"), remote.fetch("Vector")
    assert not callable(vector)
    assert (len(vector), list(vector), (vector + make(3)).x, vector[1]) == (3, [2, 3, 4], 5, 3)
    assert isinstance(vector, make)
    assert isinstance(remote.fetch("Vector2")(1), make)
    assert not isinstance(plain, make)
    assert not isinstance(3, make)
    assert not hasattr(plain, "__len__")
    with pytest.raises(TypeError):
        iter(plain)
    with pytest.raises(TypeError):
        len(plain)
    with pytest.raises(AttributeError):
        _ = vector.missing
    vector.x = 8
    assert remote.fetch("vector").x == 8
    assert type(vector).__name__ == "Vector"


def test_dunder_attributes_of_students_cannot_be_read(remote):
    with pytest.raises(AttributeError):
        _ = remote.fetch("function").__globals__
    with pytest.raises(AttributeError):
        _ = remote.fetch("vector").__dict__


def test_a_signature_comes_with_plain_defaults(remote):
    parameters = inspect.signature(remote.fetch("function")).parameters
    assert list(parameters) == ["a", "b", "rest", "c", "d", "more"]
    assert parameters["b"].default == 2
    assert parameters["c"].default is None
    assert parameters["rest"].kind is inspect.Parameter.VAR_POSITIONAL


def test_named_tuples_have_their_fields(remote):
    entry = remote.fetch("entries")()[0]
    assert isinstance(entry, tuple)
    assert (entry.theta, entry[0]) == (1.5, 0)


def test_what_cannot_be_had_is_said_in_a_sentence(remote):
    with pytest.raises(Ungradable, match="cyclic cannot be sent to the tests: it contains itself"):
        remote.fetch("cyclic")
    with pytest.raises(Ungradable, match="huge cannot be sent"):
        remote.fetch("huge")
    assert remote.fetch("same")(1) == 1


def test_what_cannot_be_passed_is_the_tests_mistake(remote):
    for value in (object(), np.zeros(2, dtype=[("a", "f8")]), memoryview(b"a")):
        with pytest.raises(CannotSend):
            remote.fetch("same")(value)
    with pytest.raises(CannotSend):
        remote.fetch("descent")(1.0, lambda theta: object(), 1)
    assert remote.fetch("same")(1) == 1


def test_seeding_in_the_test_seeds_the_student(remote):
    results = []
    before = random.seed
    with carry_seeds(remote):
        for _ in range(2):
            random.seed(3)
            np.random.seed(4)
            results.append(remote.fetch("global_random")())
    assert results[0] == results[1]
    assert results[0] == (random.Random(3).random(), np.random.RandomState(4).rand())
    assert random.seed == before


def test_an_endless_generator_gives_what_is_taken(remote):
    assert list(itertools.islice(remote.fetch("endless")(), 3)) == [1, 1, 1]


def test_a_student_that_is_late_is_late_for_good():
    with student(ANSWER) as remote:
        sleep = remote.fetch("sleep")
        start = time.monotonic()
        remote.deadline = start + 1
        with pytest.raises(StudentLate):
            sleep()
        assert time.monotonic() - start < 3
        assert isinstance(remote.failure, StudentLate)
        with pytest.raises(StudentLate):
            remote.fetch("labels")
        with pytest.raises(StudentLate), contextlib.suppress(Exception):
            sleep()


def test_a_student_that_dies_is_dead_for_good():
    with student(ANSWER) as remote:
        with pytest.raises(StudentDied):
            remote.fetch("die")()
        with pytest.raises(StudentDied):
            remote.fetch("labels")
        assert isinstance(remote.failure, StudentDied)


def test_an_interrupt_ends_a_call_and_not_the_serving():
    import signal
    import threading

    with student(ANSWER) as remote:
        sleep = remote.fetch("sleep")
        for _ in range(3):
            os.kill(remote.process.pid, signal.SIGINT)
        timer = threading.Timer(0.3, os.kill, (remote.process.pid, signal.SIGINT))
        timer.start()
        with pytest.raises(Exception) as caught:  # noqa: PT011 - which one is what is asked
            sleep()
        assert type(caught.value).__name__ == "KeyboardInterrupt"
        assert remote.fetch("labels") == {"A": "good"}


def test_handles_are_of_no_use_after_the_end():
    with student(ANSWER) as remote:
        same = remote.fetch("same")
        remote.done()
        with pytest.raises(RuntimeError, match="over"):
            same(1)


# A student's end that says anything


def _value(coded, number=None):
    return lambda channel, header: channel.send(["value", number or header[1], [coded], [], [], []], [])


@pytest.mark.parametrize(
    "answer",
    [
        _value(1, number=99),
        _value(["unknown", 1]),
        _value(["o", 5]),
        _value(["g", 5]),
        _value(["h", 1, "object", ["__call__"]]),
        _value(["h", -1, "object", ["__call__"], ""]),
        _value(["h", 1, 7, ["__call__"], ""]),
        _value(["y", "builtins.eval"]),
        _value(["y", "os.system"]),
        _value(["e", "SystemExit"]),
        _value(["x", 1, "Evil", ["y", "builtins.int"]]),
        _value(["D", "|O"]),
        _value(["M", ["K", "layer", 0, 0, []], ["h", 1, "Dense", [], ""]]),
        _value(["M", ["K", "plain"], ["h", 1, "Dense", [], ""]]),
        lambda channel, header: channel.send(["value", header[1], [1, 2], [], [], []], []),
        lambda channel, header: channel.send(["value", header[1], [1]], []),
        lambda channel, header: channel.send(["other", header[1], [1], [], [], []], []),
        lambda channel, header: channel.send(["value", header[1], [1], [[0, 1]], [], []], []),
        lambda channel, header: channel.send(["value", header[1], [["l", [1]]], [[0, 2]], [], []], []),
        lambda channel, header: channel.send(["value", header[1], [["t", [1]]], [[0, 1]], [], []], []),
        lambda channel, header: channel.send(["value", header[1], [1], [], [[0, [1]]], []], []),
        lambda channel, header: channel.send(["value", header[1], [1], [], [], ["a"]], []),
        lambda channel, header: channel.send(["error", header[1], [1], [], [], []], []),
        lambda channel, header: channel.send(
            ["error", header[1], [7, ["e", "ValueError"], "m", None, ""], [], [], []], []
        ),
        lambda channel, header: channel.send(
            ["error", header[1], [None, ["y", "builtins.int"], "m", None, ""], [], [], []], []
        ),
        lambda channel, header: channel.send(["refused", header[1], [1], [], [], []], []),
        lambda channel, header: channel.send(["ask", 1, ["call", 1, ["t", []], ["t", []]], [], [], []], []),
        lambda channel, header: channel.send(["ask", 1, ["attribute", 1, "__globals__"], [], [], []], []),
        lambda channel, header: channel.send(["ask", 1, ["fetch", "hidden"], [], [], []], []),
        lambda channel, header: channel.send(["ask", 1, [], [], [], []], []),
        lambda channel, header: channel.connection.sendall(b"\xff" * 100),
        lambda channel, header: channel.connection.sendall(b"\x00" * 100),
    ],
)
def test_an_answer_that_the_agent_never_gives_breaks_the_protocol(answer):
    with hostile(answer) as remote:
        with pytest.raises(ProtocolBroken):
            remote.fetch("name")
        with pytest.raises(ProtocolBroken):
            remote.fetch("name")


def test_a_flood_of_callbacks_ends_with_the_deadline():
    def flood(channel, header):
        while True:
            channel.send(["ask", 1, ["call", 1, ["t", []], ["t", []]], [], [], []], [])

    with hostile(lambda channel, header: None, seconds=1) as remote:
        remote._pass(lambda: None, "call")
        with pytest.raises(StudentLate):
            remote.fetch("name")
    with hostile(flood, seconds=1) as remote:
        remote._pass(lambda: None, "call")
        with pytest.raises(StudentFailure):
            remote.fetch("name")


def test_a_recursion_over_the_link_is_bounded():
    def again(channel, header):
        channel.send(["ask", 1, ["call", 1, ["t", []], ["t", []]], [], [], []], [])

    with hostile(again, seconds=5) as remote:
        remote._pass(lambda: remote.fetch("name"), "call")
        with pytest.raises(StudentFailure):
            remote.fetch("name")


def test_a_value_over_the_limits_is_refused_before_it_is_read():
    announced = b"\x00\x00\x00\x10" + b"\x7f" * 12
    answer = hostile(lambda channel, header: channel.connection.sendall(announced))
    with answer as remote, pytest.raises(ProtocolBroken, match="more b"):
        remote.fetch("name")

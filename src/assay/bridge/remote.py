"""The grader kernel's end of the link: a student's values as data, and everything else as handles.

Everything that it reads is hostile: it is checked by type, never compared, hashed, called or looked into but by
requests over the link.
"""

# The parameters of a class are in its own docstring, and special methods do what Python says of them.
# ruff: noqa: D105, D107

from __future__ import annotations

import collections.abc
import inspect
import itertools
import operator
import socket
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from assay.bridge import emptiness, tables
from assay.bridge.link import ERROR, VALUE, Peer, read_common, write_common
from assay.bridge.names import EXCEPTION_NAMES, EXCEPTIONS
from assay.wire import LIMITS, CannotEncode, Decoder, Encoder, Late, LinkClosed, WireError, WireLimits

MOST_TEXT = 2000
MOST_TRACEBACK = 10_000
MOST_ITEMS = 1_000_000
MOST_CLASSES = 2000
#: Bytes of an array that are kept to see whether an object says the same again.
MOST_COMPARED = 2**20


class StudentFailure(BaseException):
    """The student kernel cannot be asked any more."""


class StudentLate(StudentFailure):
    """The student kernel did not answer in time."""


class StudentDied(StudentFailure):
    """The student kernel is gone."""


class ProtocolBroken(StudentFailure):
    """The student kernel answered with something that the agent never says."""


class Ungradable(Exception):  # noqa: N818 - a verdict, not an error of the program
    """A value that cannot be had here, so that a person has to look at it."""


class CannotSend(TypeError):  # noqa: N818 - names what happened
    """A test passes something to student code that has no form outside the grader kernel; a mistake of the test."""


class Remote(Peer):
    """Asks the student kernel.

    Parameters
    ----------
    connection
        The grader's end of the link.
    limits
        What a message may hold.
    seconds
        For all that is asked, from now on.

    Attributes
    ----------
    failure
        Set as soon as the student kernel was late, died or broke the protocol; whatever is asked later raises it again.
    """

    def __init__(self, connection: socket.socket, *, limits: WireLimits = LIMITS, seconds: float) -> None:
        super().__init__(connection, limits, parity=0)
        self.deadline = time.monotonic() + seconds
        self.failure: StudentFailure | None = None
        self._seconds = seconds
        emptiness.forget()
        self._is_done = False
        self._handles: dict[int, Any] = {}
        self._classes: dict[int, type[Exception]] = {}
        #: The numbers of Keras objects that were passed as their config.
        self._setting_numbers: dict[Any, int] = {}
        self._class_numbers: dict[int, int] = {}
        self._functions: dict[int, tuple[str, Any]] = {}
        self._function_numbers: dict[int, int] = {}
        self._raised: dict[int, BaseException] = {}
        self._counter = itertools.count(1)
        #: Counts what may have changed the student's objects.
        self.age = 0
        self._names: dict[str, Any] = {}
        self._fetched: dict[str, Any] = {}
        self._shown: dict[str, Any] = {}

    def fetch(self, name: str) -> Any:
        """The value of a student's name: data, or a handle.

        Raises
        ------
        NameError
            The student has no such name.
        Ungradable
            It has no form as data and is none that goes by handle.
        StudentLate, StudentDied, ProtocolBroken
            The student kernel cannot be asked.
        """
        return self.request("fetch", name, subject=name)

    def mirror(self, names: dict[str, Any], fetched: dict[str, Any]) -> None:
        """From now on let the student kernel see when the test deletes a fetched name or puts a function in its place.

        A test that asks whether one function of the student's uses another deletes or replaces that other: in one kernel
        both live under the same names.

        Parameters
        ----------
        names
            What the test cell binds its names in.
        fetched
            The student's values under the names that they were fetched by.
        """
        self._names, self._fetched, self._shown = names, dict(fetched), dict(fetched)

    def _mirror(self) -> None:
        """Tell the student kernel which of its names the test has deleted, replaced or put back since the last request.

        Of what came as data only that it was deleted: a model or an array that a test works on further is the test's own.
        """
        for name, theirs in self._fetched.items():
            now = self._names.get(name, _nothing)
            if now is self._shown[name]:
                continue
            if now is _nothing:
                self._shown[name] = now
                self.request("hide", name)
            elif now is theirs:
                self._shown[name] = now
                self.request("put back", name)
            elif isinstance(theirs, Handle) and not isinstance(now, Handle) and callable(now):
                self._shown[name] = now
                self.request("replace", name, now)

    def seed(self, library: str, value: Any) -> None:
        """Seed a library in the student kernel."""
        self.request("seed", library, value)

    def done(self) -> None:
        """End the serving; handles are of no use afterwards."""
        if self.failure is None and not self._is_done:
            self.request("done")
        self._is_done = True

    def request(self, operation: str, *parts: Any, subject: str = "a value") -> Any:
        """What the student kernel answers to a request.

        Raises
        ------
        Exception
            What the student's code raised, or a function of the test that it called.
        Ungradable, CannotSend, StudentLate, StudentDied, ProtocolBroken
            There is no answer.
        """
        if self.failure is not None:
            raise self.failure.with_traceback(None)
        if self._is_done:
            raise RuntimeError("This belongs to a test cell that is over; fetch it again.")
        if operation not in _READS and not (operation == "special" and parts[1] in _READS):
            self.age += 1
        if operation not in _OF_NAMES:
            self._mirror()
        try:
            kind, payload = self.ask(operation, *parts)
            if kind == VALUE:
                (value,) = payload
                emptiness.note(value)
                return value
            if kind == ERROR:
                error = self._error(payload)
            else:
                (text,) = payload
                if type(text) is not str:
                    raise WireError("a reason is no text")
                raise Ungradable(f"{subject} cannot be sent to the tests: {text[:MOST_TEXT]}")
        except CannotEncode as failed:
            raise CannotSend(f"An argument cannot be sent to the student's code: {failed}") from None
        except (Ungradable, CannotSend):
            raise
        except Late:
            self._fail(StudentLate(f"the student's code did not answer within {self._seconds:g} s"))
        except LinkClosed:
            self._fail(StudentDied("the student's kernel died"))
        except Exception as broken:
            self._fail(ProtocolBroken(f"the student's kernel did not answer as it should: {broken}"))
        except BaseException as other:
            # An interrupt in the middle of a message: the two sides do not know any more whose turn it is.
            if self.failure is None:
                self.failure = StudentLate("the test cell was interrupted while the student's code ran")
            if isinstance(other, StudentFailure):
                raise self.failure.with_traceback(None) from None
            raise
        if isinstance(error, StopIteration) and not (operation == "special" and parts[1] == "__next__"):
            # It would end a map or a filter that calls a student's function, and with it the comparisons that are left.
            stopped = RuntimeError("the student's code raised StopIteration")
            stopped.student_traceback = getattr(error, "student_traceback", "")  # type: ignore[attr-defined]
            raise stopped from None
        raise error

    def perform(self, payload: list) -> tuple[str, list]:
        """Call a function of the test, or take the next item of one of its iterators, for the student's code."""
        if len(payload) < 2 or type(payload[0]) is not str or type(payload[1]) is not int:
            raise WireError("a request is not valid")
        operation, number, *parts = payload
        payload.clear()
        kind, target = self._functions.get(number, ("", None))
        if kind != operation or operation not in ("call", "next"):
            raise WireError("a function was asked for that was never passed")
        if operation == "call":
            if len(parts) != 2 or type(parts[0]) is not tuple or type(parts[1]) is not tuple:
                raise WireError("a call is not valid")
            if len(parts[1]) % 2 or not all(type(name) is str for name in parts[1][::2]):
                raise WireError("a call is not valid")
        elif parts:
            raise WireError("a request is not valid")
        try:
            if operation == "next":
                return VALUE, [next(target)]
            arguments, keywords = parts
            parts.clear()
            return VALUE, [target(*arguments, **dict(zip(keywords[::2], keywords[1::2], strict=True)))]
        except Exception as error:
            return ERROR, self._note(error)

    def answer(self, number: int, payload: list) -> None:
        """Perform a request; a result that cannot be sent is the test's mistake and comes back to the test."""
        kind, parts = self.perform(payload)
        try:
            self.send(kind, number, parts, all_shared=False)
        except CannotEncode as failed:
            sendable = CannotSend(
                f"The result of a function of the test cannot be sent to the student's code: {failed}"
            )
            self.send(ERROR, number, self._note(sendable), all_shared=False)
        except CannotSend as failed:
            self.send(ERROR, number, self._note(failed), all_shared=False)

    def opaque(self, value: Any, encoder: Encoder, depth: int) -> Any:
        """A handle goes back as what it stands for; functions and iterators of the test go as stand-ins."""
        if isinstance(value, Handle):
            target = object.__getattribute__(value, "_target")
            if target.remote is not self:
                raise CannotSend("A value of an earlier test cell cannot be passed on; fetch it again.")
            return ["g", target.number]
        if id(value) in self._class_numbers:
            return ["g", self._class_numbers[id(value)]]
        coded = write_common(value)
        if coded is None:
            coded = tables.write(value, encoder, depth)
        if coded is None and "keras" in sys.modules:
            from assay.bridge import keras_models

            coded = keras_models.write(value, encoder, depth)
            if type(coded) is keras_models.NotRebuildable:
                coded = None
            elif keras_models.is_plain(coded):
                coded = ["M", coded, self._setting_numbers.setdefault(value, len(self._setting_numbers) + 1)]
        if coded is not None:
            return coded
        # A mock is both; what is put in the place of a function is called.
        if isinstance(value, collections.abc.Iterator) and not callable(value):
            return ["i", self._pass(value, "next")]
        if callable(value):
            # The name of a function in a hidden test may tell what the test is about.
            return ["k", self._pass(value, "call"), "function", _parameters_of(value)]
        raise CannotSend(
            f"A test can pass data and functions to a student's code, and not an object of type {type(value).__name__}."
        )

    def extra(self, coded: list, decoder: Decoder, depth: int) -> Any:
        """Handles, exception classes of the student's, tables and models."""
        tag = coded[0]
        if tag == "h":
            return self._handle(decoder.fields(coded, 4), decoder)
        if tag == "g":
            number = decoder.fields(coded, 1)[0]
            if type(number) is not int or number not in self._functions:
                raise WireError("a function comes back that was never passed")
            return self._functions[number][1]
        if tag == "o":
            value = self.shared.value(decoder.fields(coded, 1)[0])
            decoder.count(len(value) if isinstance(value, (list, dict, set)) else 1)
            return value
        if tag == "x":
            return self._exception_class(coded, decoder, depth)
        if tag == "P":
            return tables.read(coded, decoder, depth)
        if tag == "M":
            return self._keras(decoder.fields(coded, 2), decoder, depth)
        value = read_common(coded, decoder)
        if value is NotImplemented:
            raise WireError("a value has a tag that is not known")
        return value

    def _fail(self, failure: StudentFailure) -> None:
        if self.failure is None:
            self.failure = failure
        raise self.failure.with_traceback(None) from None

    def _handle(self, fields: list, decoder: Decoder) -> Any:
        number, name, abilities, reason = fields
        decoder.integer(number, 1, 2**31)
        if number in self._handles:
            return self._handles[number]
        if type(abilities) is not list or len(abilities) > 100:
            raise WireError("a handle is not valid")
        kept = tuple(ability for ability in map(decoder.text, abilities) if ability in _ABILITIES)
        kind = _handle_class(_identifier(decoder.text(name)), kept)
        handle: Any = object.__new__(kind)
        object.__setattr__(handle, "_target", _Target(self, number, decoder.text(reason)))
        if len(self._handles) >= MOST_ITEMS:
            raise WireError("too many handles")
        self._handles[number] = handle
        return handle

    def _keras(self, fields: list, decoder: Decoder, depth: int) -> Any:
        """A Keras object, rebuilt; its handle and the reason when it is not to be rebuilt."""
        from assay.bridge import keras_models

        coded, handle = fields
        if type(coded) is not list or type(handle) is not list or not handle or handle[0] != "h":
            raise WireError("a Keras object is not valid")
        try:
            number = decoder.integer(handle[1] if len(handle) > 1 else None, 1, 2**31)
            return keras_models.read(coded, decoder, depth, self.rebuilt, number)
        except keras_models.Refused as refused:
            stand_in = self._handle(decoder.fields(handle, 4), decoder)
            object.__getattribute__(stand_in, "_target").reason = str(refused)
            return stand_in

    def _exception_class(self, coded: list, decoder: Decoder, depth: int) -> type[Exception]:
        number, name, base = decoder.fields(coded, 3)
        decoder.integer(number, 1, 2**31)
        if number in self._classes:
            return self._classes[number]
        if len(self._classes) >= MOST_CLASSES or depth > 20:
            raise WireError("too many exception classes")
        if type(base) is not list or not base or base[0] not in ("e", "x"):
            raise WireError("an exception class is not valid")
        parent = self.extra(base, decoder, depth + 1)
        try:
            made = type(_identifier(decoder.text(name)), (parent,), {"__module__": "student"})
        except TypeError:
            raise WireError("an exception class is not valid") from None
        self._classes[number] = made
        self._class_numbers[id(made)] = number
        return made

    def _pass(self, value: Any, kind: str) -> int:
        number = self._function_numbers.get(id(value))
        if number is None:
            number = len(self._functions) + 1
            self._functions[number] = (kind, value)
            self._function_numbers[id(value)] = number
        return number

    def _note(self, error: Exception) -> list:
        """Remember an exception of the test and describe it for the student's code."""
        number = next(self._counter)
        self._raised[number] = error
        kind = next((each for each in type(error).__mro__ if id(each) in EXCEPTION_NAMES), Exception)
        # Its text may quote a hidden test.
        return [number, kind, ""]

    def _error(self, payload: list) -> BaseException:
        """The exception to raise for one of the student kernel: the test's own, or a rebuilt one."""
        origin, kind, text, arguments, traceback = payload
        if type(text) is not str or type(traceback) is not str:
            raise WireError("an exception is not valid")
        if origin is not None:
            if type(origin) is not int or origin not in self._raised:
                raise WireError("an exception of the test comes back that was never raised")
            return self._raised[origin]
        if not isinstance(kind, type) or (
            id(kind) not in EXCEPTION_NAMES and id(kind) not in self._class_numbers
        ):
            raise WireError("an exception is of a type that is not known")
        if arguments is not None and (
            type(arguments) is not list
            or len(arguments) > 100
            or not all(type(part) in (str, int, float, bool) for part in arguments)
        ):
            raise WireError("an exception is not valid")
        return _rebuilt_exception(kind, text[:MOST_TEXT], arguments, traceback[:MOST_TRACEBACK])


class _Target:
    """Which object of the student's a handle stands for."""

    def __init__(self, remote: Remote, number: int, reason: str) -> None:
        self.remote = remote
        self.number = number
        self.reason = reason
        self.taken = 0
        #: Of an iterator: the object that it goes through, and how many items had been taken when that began.
        self.source: _Target | None = None
        self.begun = 0
        #: What it said of itself, as a number say, and the age of the student's objects at that time.
        self.claims: dict[str, tuple[int, Any]] = {}
        #: Whether it came out of a calculation, into which values of the test may have gone.
        self.derived = False


class Handle:
    """An object of the student's that is no data.

    What it can do is what its type can do there: it can be called, gone through or measured only when that one can.
    It equals itself and nothing else. ``__assay_reason__`` says why an object that usually travels as
    data has come as a handle.
    """

    __slots__ = ("__weakref__", "_target")
    _target: _Target

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__") and name not in _READABLE:
            raise AttributeError(f"{name} of a student's object cannot be read")
        if name in ("shape", "ndim") and hasattr(type(self), "__array__"):
            # Of the array that is compared, not of what the object says of itself.
            return getattr(np.asarray(self), name)
        if name in _TAKEN_BY_NUMPY:
            _refuse_derived(self)
        return _ask(self, "attribute", name)

    def __setattr__(self, name: str, value: Any) -> None:
        _ask(self, "set attribute", name, value)

    def __dir__(self) -> list[str]:
        names = _ask(self, "names")
        return [name for name in names if type(name) is str] if type(names) is list else []

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        return self._text(True)

    def __str__(self) -> str:
        return self._text(False)

    def __format__(self, form: str) -> str:
        return format(str(self), form)

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError("A student's object cannot be copied or pickled.")

    @property
    def __signature__(self) -> inspect.Signature:
        return _signature(_ask(self, "signature"))

    @property
    def __assay_reason__(self) -> str:
        return object.__getattribute__(self, "_target").reason

    def _text(self, as_repr: bool) -> str:
        try:
            text = _ask(self, "repr", as_repr)
        except (Exception, StudentFailure):
            text = None
        return text[:200] if type(text) is str else f"<a {type(self).__name__} of the student's>"


class ClassHandle(Handle):
    """A class of the student's: a type check against it is answered there, and is a claim."""

    __slots__ = ()

    def __instancecheck__(self, instance: Any) -> bool:
        return _ask(instance, "isinstance", self) is True if isinstance(instance, Handle) else False

    def __subclasscheck__(self, subclass: Any) -> bool:
        return _ask(subclass, "issubclass", self) is True if isinstance(subclass, Handle) else False


_READABLE = frozenset(
    {"__name__", "__qualname__", "__doc__", "__defaults__", "__kwdefaults__", "__annotations__", "__len__"}
)


def _ask(handle: Handle, operation: str, *parts: Any) -> Any:
    target = object.__getattribute__(handle, "_target")
    return target.remote.request(operation, handle, *parts, subject="what the student's code returned")


def _special(name: str) -> Callable[..., Any]:
    def method(self: Handle, *arguments: Any) -> Any:
        return _ask(self, "special", name, arguments)

    method.__name__ = name
    return method


def _call_method(self: Handle, /, *arguments: Any, **keywords: Any) -> Any:
    return _ask(self, "call", arguments, tuple(part for pair in keywords.items() for part in pair))


def _next_method(self: Handle) -> Any:
    target = object.__getattribute__(self, "_target")
    target.taken += 1
    if target.taken > MOST_ITEMS:
        raise Ungradable(f"the student's iterator gave more than {MOST_ITEMS} items")
    try:
        item = _ask(self, "special", "__next__", ())
    except StopIteration:
        if target.source is not None:
            _say(target.source, "__len__", target.taken - 1 - target.begun)
            target.source = None
        raise
    if target.source is not None:
        age, length = target.source.claims.get("__len__", (-1, 0))
        if age == target.remote.age and target.taken - target.begun > length:
            raise _contradiction("__len__")
    return item


def _iter_method(self: Handle) -> Any:
    iterator = _ask(self, "special", "__iter__", ())
    if isinstance(iterator, Handle) and iterator is not self and hasattr(type(self), "__len__"):
        target = object.__getattribute__(iterator, "_target")
        target.source, target.begun = object.__getattribute__(self, "_target"), target.taken
    return iterator


def _getitem_method(self: Handle, place: Any) -> Any:
    try:
        return _ask(self, "special", "__getitem__", (place,))
    except IndexError:
        target = object.__getattribute__(self, "_target")
        age, length = target.claims.get("__len__", (-1, 0))
        if type(place) is int and age == target.remote.age and -length <= place < length:
            raise _contradiction("__len__") from None
        raise


def _array_method(self: Handle, dtype: Any = None, copy: Any = None) -> np.ndarray:
    _refuse_derived(self)
    array = _ask(self, "array")
    if type(array) is not np.ndarray:
        raise TypeError("the student's object gives no array")
    if array.nbytes <= MOST_COMPARED and array.dtype.kind != "O":
        _say(
            object.__getattribute__(self, "_target"),
            "__array__",
            (array.dtype.str, array.shape, array.tobytes()),
        )
    return array if dtype is None else array.astype(dtype)


def _exit_method(self: Handle, kind: Any, error: Any, traceback: Any) -> bool:
    sent = kind if id(kind) in EXCEPTION_NAMES else (None if kind is None else Exception)
    swallowed = _ask(self, "special", "__exit__", (sent, None, None))
    if swallowed is True and hasattr(error, "student_traceback"):
        # The rest of the block, with what it asserts, would be left out without a word.
        raise Ungradable("an object of the student's swallowed an error of the student's code")
    # What the test itself raises, a failed assertion above all, is nothing that a student's object may swallow.
    return False


def _contains_method(self: Handle, item: Any) -> bool:
    # Asked there, an object could say that it contains whatever the test looks for.
    _refuse_derived(self)
    return any(each is item or each == item for each in iter(self))


def _number_of(value: Any) -> Any:
    """The number or the array that an object of the student's says it is, whatever a test wants to do with it."""
    if not isinstance(value, Handle):
        return value
    if hasattr(type(value), "__array__"):
        # An array without dimensions becomes the number that it holds.
        return np.asarray(value)[()]
    for ability, convert in (("__index__", operator.index), ("__float__", float), ("__complex__", complex)):
        if hasattr(type(value), ability):
            return convert(value)
    return NotImplemented


def _arithmetic(name: str) -> Callable[..., Any]:
    """An operator of a student's object.

    An object that the operator gives is one more object of the student's, from which no number is taken. A number that it
    gives is believed only when nothing of the test's went into it: else the difference of anything from anything
    could be nothing. What has a value as a number is calculated with here instead.
    """

    def method(self: Handle, *arguments: Any) -> Any:
        result = _ask(self, "special", name, arguments)
        if isinstance(result, Handle):
            object.__getattribute__(result, "_target").derived = True
            # What a student's object makes of an array of the test's could say of itself that it is all zeros.
            if not any(isinstance(each, np.ndarray) for each in arguments):
                return result
        elif result is NotImplemented:
            return result
        elif all(isinstance(each, Handle) for each in arguments):
            operands = (self, *arguments)
            is_number = not arguments and any(hasattr(type(self), each) for each in _NUMERIC)
            if not is_number and not any(
                object.__getattribute__(each, "_target").derived for each in operands
            ):
                return result
        numbers = [_number_of(value) for value in (self, *arguments)]
        if any(number is NotImplemented for number in numbers) or not hasattr(numbers[0], name):
            raise _claim_refused()
        return getattr(numbers[0], name)(*numbers[1:])

    method.__name__ = name
    return method


def _order(name: str) -> Callable[..., Any]:
    """A comparison of what an object is as a number, made here."""

    def method(self: Handle, other: Any) -> Any:
        numbers = [_number_of(value) for value in (self, other)]
        if any(number is NotImplemented for number in numbers):
            return NotImplemented
        return getattr(numbers[0], name)(numbers[1])

    return method


def _converting(name: str) -> Callable[..., Any]:
    """What an object is as a number or a truth value; nothing that was calculated with a value of the test's."""
    ask = _special(name)

    def method(self: Handle, *arguments: Any) -> Any:
        _refuse_derived(self)
        value = ask(self, *arguments)
        if type(value) in (bool, int, float, complex):
            _say(object.__getattribute__(self, "_target"), name, value)
        return value

    return method


def _refuse_derived(handle: Handle) -> None:
    if object.__getattribute__(handle, "_target").derived:
        raise _claim_refused()


def _say(target: _Target, what: str, value: Any) -> None:
    """Note what an object says of itself.

    Raises
    ------
    Ungradable
        It has said something else, and nothing has changed since then: each half of a comparison would get what suits it.
    """
    before = target.claims.get(what)
    if before is not None and before[0] == target.remote.age:
        same = before[1] == value or (before[1] != before[1] and value != value)
        if not same:
            raise _contradiction(what)
    target.claims[what] = (target.remote.age, value)


def _contradiction(what: str) -> Ungradable:
    return Ungradable(f"an object of the student's own contradicts itself in {what}")


def _claim_refused() -> Ungradable:
    return Ungradable(
        "the tests cannot calculate with an object of the student's own that is no number and no array"
    )


_nothing = object()
#: Requests before which the student kernel need not be told what the test did to names.
_OF_NAMES = frozenset({"fetch", "seed", "hide", "replace", "put back", "done"})
#: What does not change the student's objects, as far as honest code goes.
_READS = frozenset(
    {"fetch", "attribute", "array", "names", "repr", "signature", "isinstance", "issubclass", "done"}
    | {f"__{name}__" for name in ["float", "int", "index", "complex", "bool", "len"]}
    | {f"__{name}__" for name in ["iter", "next", "getitem", "contains", "reversed"]}
)
#: Methods that NumPy's functions call in their own place: np.mean of an object is what its method mean says.
_TAKEN_BY_NUMPY = frozenset(name for name in dir(np) if isinstance(getattr(np, name), np.ufunc)) | frozenset(
    [
        "all",
        "any",
        "argmax",
        "argmin",
        "astype",
        "clip",
        "conj",
        "conjugate",
        "cumprod",
        "cumsum",
        "item",
        "max",
        "mean",
        "min",
        "nonzero",
        "prod",
        "ptp",
        "round",
        "std",
        "sum",
        "tolist",
        "trace",
        "var",
    ]
)
_NUMERIC = ("__array__", "__index__", "__float__", "__complex__")
_ORDER = ("__lt__", "__le__", "__gt__", "__ge__")
_CONVERSIONS = frozenset(f"__{name}__" for name in ["float", "int", "index", "complex", "bool", "len"])
#: What says something of the object alone, and not of what a test holds against it.
_ASKED_THERE = frozenset(
    f"__{name}__"
    for name in ["iter", "getitem", "setitem", "delitem", "reversed", "enter", "aiter", "anext", "await"]
)


def _abilities() -> dict[str, Any]:
    from assay.bridge.agent import SPECIAL_NAMES

    methods: dict[str, Any] = {
        name: _special(name) if name in _ASKED_THERE else _arithmetic(name) for name in SPECIAL_NAMES
    }
    methods.update((name, _converting(name)) for name in _CONVERSIONS)
    methods["__contains__"] = _contains_method
    methods["__call__"] = _call_method
    methods["__next__"] = _next_method
    methods["__iter__"] = _iter_method
    methods["__getitem__"] = _getitem_method
    methods["__exit__"] = _exit_method
    methods["__array__"] = _array_method
    methods["class"] = None
    return methods


_ABILITIES = _abilities()
_handle_classes: dict[tuple, type] = {}


def _handle_class(name: str, abilities: tuple[str, ...]) -> type:
    key = (name, abilities)
    if key not in _handle_classes:
        if len(_handle_classes) >= MOST_CLASSES:
            _handle_classes.clear()
        base = ClassHandle if "class" in abilities else Handle
        body = {ability: _ABILITIES[ability] for ability in abilities if ability != "class"}
        if {"__array__", "__float__", "__index__"} & set(abilities):
            body.update((name, _order(name)) for name in _ORDER)
        body["__slots__"] = ()
        body["__module__"] = "student"
        _handle_classes[key] = type(name, (base,), body)
    return _handle_classes[key]


def _identifier(name: str) -> str:
    return name if name.isidentifier() and len(name) <= 100 else "object"


def _parameters_of(function: Any) -> list | None:
    """Names, kinds and presence of defaults, so that student code can ask a function for its signature."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (ValueError, TypeError):
        return None
    return [[each.name, int(each.kind), each.default is not inspect.Parameter.empty] for each in parameters]


class _Unknown:
    """Stands for a default that is no plain data."""

    def __repr__(self) -> str:
        return "..."


def _signature(described: Any) -> inspect.Signature:
    kinds = {int(kind): kind for kind in inspect._ParameterKind}
    parameters = []
    try:
        for name, kind, has_default, plain, default in described:
            value = (default if plain else _Unknown()) if has_default is True else inspect.Parameter.empty
            parameters.append(inspect.Parameter(name, kinds[kind], default=value))
        return inspect.Signature(parameters)
    except (TypeError, ValueError, KeyError):
        raise ValueError("the signature of the student's function is not valid") from None


def _rebuilt_exception(kind: type, text: str, arguments: list | None, traceback: str) -> BaseException:
    error: Any = None
    if arguments is not None:
        try:
            error = kind(*arguments)
        except Exception:
            error = None
    if error is None or not isinstance(error, kind):
        try:
            error = kind(text)
        except Exception:
            error = next(
                base for base in (ValueError, Exception) if issubclass(kind, base) or base is Exception
            )(text)
    error.student_traceback = traceback
    if traceback and hasattr(error, "add_note"):
        error.add_note(f"In the student's code:\n{traceback}")
    return error


def known_exceptions() -> dict[str, type[Exception]]:
    """The exception classes that come back as themselves."""
    return dict(EXCEPTIONS)

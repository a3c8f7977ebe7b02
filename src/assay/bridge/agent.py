"""The student kernel's end of the link: it answers what the test cell asks for.

It runs among the student's code, which can change anything here. Nothing of it is trusted: the other end checks
what arrives, and what an answer says is a claim.
"""

# The parameters of a class are in its own docstring, and special methods do what Python says of them.
# ruff: noqa: D107

from __future__ import annotations

import contextlib
import inspect
import linecache
import os
import signal
import socket
import sys
import threading
import types
from collections.abc import Iterator, MutableMapping
from typing import Any

import numpy as np

from assay.bridge import tables
from assay.bridge.link import ASK, ERROR, REFUSED, VALUE, Peer, read_common, write_common
from assay.bridge.names import EXCEPTION_NAMES, EXCEPTIONS
from assay.bridge.seeds import set_seed
from assay.wire import LIMITS, CannotEncode, Decoder, Encoder, Late, LinkClosed, WireError, WireLimits

MOST_TEXT = 2000
MOST_HANDLES = 200_000
REPR_LENGTH = 200
SPECIAL_NAMES = frozenset(
    f"__{name}__"
    for name in [
        "call",
        "iter",
        "next",
        "len",
        "getitem",
        "setitem",
        "delitem",
        "contains",
        "reversed",
        "float",
        "int",
        "index",
        "complex",
        "bool",
        "round",
        "trunc",
        "floor",
        "ceil",
        "enter",
        "exit",
        "neg",
        "pos",
        "abs",
        "invert",
        "add",
        "sub",
        "mul",
        "truediv",
        "floordiv",
        "mod",
        "divmod",
        "pow",
        "matmul",
        "and",
        "or",
        "xor",
        "lshift",
        "rshift",
        "radd",
        "rsub",
        "rmul",
        "rtruediv",
        "rfloordiv",
        "rmod",
        "rdivmod",
        "rpow",
        "rmatmul",
        "rand",
        "ror",
        "rxor",
        "rlshift",
        "rrshift",
    ]
)
_OWN_FOLDERS = (
    os.sep + "assay" + os.sep + "bridge",
    os.sep + "IPython" + os.sep,
    os.sep + "ipykernel" + os.sep,
)


class Agent(Peer):
    """Answers requests of the grader kernel.

    Parameters
    ----------
    connection
        The student's end of the link.
    names
        What the student has defined.
    """

    def __init__(
        self,
        connection: socket.socket,
        names: MutableMapping[str, Any],
        *,
        limits: WireLimits = LIMITS,
    ) -> None:
        super().__init__(connection, limits, parity=1)
        self.names = names
        self._handles: dict[int, Any] = {}
        self._handle_of: dict[int, int] = {}
        self._stubs: dict[int, Any] = {}
        #: What the student's names were before the test hid or replaced them.
        self._names_before: dict[str, Any] = {}
        self._running = 0
        self._ended = False
        self._quiet = True

    def serve(self) -> None:
        """Answer requests until the other side says done or the link closes.

        Never raises for what student code does; a KeyboardInterrupt during a call is answered as an exception.
        """
        with self._interrupts_only_student_code(), contextlib.suppress(LinkClosed, Late, WireError):
            while not self._ended:
                try:
                    kind, number, payload = self.receive()
                    if kind != ASK:
                        return
                    self.answer(number, payload)
                except KeyboardInterrupt:
                    continue
        self._ended = True
        self._put_names_back()
        self._handles.clear()
        self._handle_of.clear()

    def perform(self, payload: list) -> tuple[str, list]:
        """Do what a request asks for; whatever student code raises is described."""
        self._running += 1
        try:
            try:
                self._quiet = False
                return VALUE, [self._perform(payload)]
            finally:
                self._quiet = True
        except BaseException as error:
            return ERROR, _describe(error, self)
        finally:
            self._running -= 1

    def answer(self, number: int, payload: list) -> None:
        """Perform a request and send what came of it, unless it was the last one."""
        if payload and payload[0] == "done":
            self._ended = True
            self.send(VALUE, number, [None], all_shared=False)
            return
        try:
            super().answer(number, payload)
        except (LinkClosed, Late, WireError):
            raise
        except Exception as error:
            # An object of the student's whose class or attributes raise when they are looked at.
            self.send(
                REFUSED,
                number,
                [f"looking at it raised {_plain_name(type(error).__name__)}"],
                all_shared=False,
            )

    def call_back(self, operation: str, function: int, *parts: Any) -> Any:
        """Have a function of the test called in the grader kernel.

        Raises
        ------
        Exception
            What it raised there.
        RuntimeError
            The test is over.
        """
        if self._ended or not self._running:
            raise RuntimeError("this function belongs to a test that is over")
        quiet, self._quiet = self._quiet, True
        try:
            kind, payload = self.ask(operation, function, *parts)
        except CannotEncode as error:
            raise TypeError(f"an argument cannot be sent to the tests: {error}") from None
        finally:
            self._quiet = quiet
        if kind == VALUE and len(payload) == 1:
            return payload[0]
        raise _exception_of(payload) if kind == ERROR else TypeError(str(payload[0]))

    def opaque(self, value: Any, encoder: Encoder, depth: int) -> Any:
        """A value that is no data goes as a handle: its number, the name of its type, and what it can do."""
        kind = type(value)
        if kind in (_Function, _Iterator):
            stub = object.__getattribute__(value, "_stub")
            if stub.agent is self:
                return ["g", stub.number]
        coded = write_common(value)
        if coded is None:
            coded = tables.write(value, encoder, depth)
        if coded is None and "keras" in sys.modules:
            from assay.bridge import keras_models

            coded = keras_models.write(value, encoder, depth)
            if type(coded) is keras_models.NotRebuildable:
                return self._handle(value, coded.reason)
            if coded is not None:
                # With a handle for the other side to fall back on when it does not rebuild it.
                return ["M", coded, self._handle(value, "")]
        if coded is not None:
            return coded
        if isinstance(value, type) and issubclass(value, BaseException):
            return self._exception_class(value)
        return self._handle(value, "")

    def extra(self, coded: list, decoder: Decoder, depth: int) -> Any:
        """Handles that come back are the objects themselves; functions of the test become stubs."""
        tag = coded[0]
        if tag == "g":
            number = decoder.fields(coded, 1)[0]
            if type(number) is not int or number not in self._handles:
                raise WireError("a handle is not known")
            return self._handles[number]
        if tag == "o":
            return self.shared.value(decoder.fields(coded, 1)[0])
        if tag == "k":
            return self._stub(coded, _Function)
        if tag == "i":
            return self._stub(coded, _Iterator)
        if tag == "P":
            return tables.read(coded, decoder, depth)
        if tag in ("K", "M"):
            from assay.bridge import keras_models

            number = 0
            if tag == "M":
                coded, number = decoder.fields(coded, 2)
            return keras_models.read(coded, decoder, depth, self.rebuilt, number)
        value = read_common(coded, decoder)
        if value is NotImplemented:
            raise WireError("a value has a tag that is not known")
        return value

    def _perform(self, payload: list) -> Any:
        operation, *parts = payload
        payload.clear()
        if operation == "call":
            function, arguments, keywords = parts
            parts.clear()
            return function(*arguments, **dict(zip(keywords[::2], keywords[1::2], strict=True)))
        if operation == "fetch":
            if parts[0] not in self.names:
                raise NameError(f"name {parts[0]!r} is not defined")
            return self.names[parts[0]]
        if operation == "attribute":
            return getattr(parts[0], parts[1])
        if operation == "set attribute":
            return setattr(parts[0], parts[1], parts[2])
        if operation == "special":
            value, name, arguments = parts
            parts.clear()
            if name not in SPECIAL_NAMES:
                raise TypeError(f"{name} cannot be asked for")
            return getattr(type(value), name)(value, *arguments)
        if operation == "array":
            return np.asarray(parts[0])
        if operation == "names":
            return [name for name in dir(parts[0]) if type(name) is str][:10_000]
        if operation == "repr":
            return _short(repr(parts[0]) if parts[1] else str(parts[0]), REPR_LENGTH)
        if operation == "signature":
            return _signature(parts[0])
        if operation == "isinstance":
            return isinstance(parts[0], parts[1])
        if operation == "issubclass":
            return issubclass(parts[0], parts[1])
        if operation == "seed":
            return set_seed(parts[0], parts[1])
        if operation == "hide":
            self._keep_name(parts[0])
            self.names.pop(parts[0], None)
            return None
        if operation == "replace":
            self._keep_name(parts[0])
            self.names[parts[0]] = parts[1]
            return None
        if operation == "put back":
            if parts[0] in self._names_before:
                self.names[parts[0]] = self._names_before[parts[0]]
            return None
        raise TypeError(f"{operation} cannot be asked for")

    def _keep_name(self, name: str) -> None:
        if name in self.names:
            self._names_before.setdefault(name, self.names[name])

    def _put_names_back(self) -> None:
        """Make the names that a test hid or replaced what they were: the next cell finds the student's own."""
        self.names.update(self._names_before)
        self._names_before.clear()

    def _handle(self, value: Any, reason: str) -> list:
        number = self._number(value)
        kind = type(value)
        names = [name for name in SPECIAL_NAMES if _has(kind, name)]
        if isinstance(value, type):
            names.append("class")
            names += ["__call__"] if "__call__" not in names else []
        if _has(kind, "__array__"):
            names.append("__array__")
        return ["h", number, _plain_name(kind.__name__), sorted(names), reason[:REPR_LENGTH]]

    def _exception_class(self, kind: type) -> list:
        """An exception class of the student's own: its handle, its name and the class that it comes from."""
        base = kind.__mro__[1] if len(kind.__mro__) > 1 else Exception
        for each in kind.__mro__[1:]:
            if isinstance(each, type) and issubclass(each, BaseException):
                base = each
                break
        known = EXCEPTION_NAMES.get(id(base))
        coded = ["e", known] if known else ["e", "Exception"]
        if known is None and base not in (BaseException, KeyboardInterrupt, SystemExit, GeneratorExit):
            coded = self._exception_class(base)
        return ["x", self._number(kind), _plain_name(kind.__name__), coded]

    def _number(self, value: Any) -> int:
        number = self._handle_of.get(id(value))
        if number is None:
            if len(self._handles) >= MOST_HANDLES:
                raise CannotEncode(f"more than {MOST_HANDLES} objects would have to be kept for the tests")
            number = len(self._handles) + 1
            self._handles[number] = value
            self._handle_of[id(value)] = number
        return number

    def _stub(self, coded: list, kind: type) -> Any:
        number = coded[1]
        if number not in self._stubs:
            self._stubs[number] = kind(_Stub(self, number), *coded[2:])
        return self._stubs[number]

    @contextlib.contextmanager
    def _interrupts_only_student_code(self) -> Iterator[None]:
        """Let no interrupt fall into the middle of a message, where it would cut the message in two."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def on_interrupt(signal_number: int, frame: Any) -> None:
            if not self._quiet:
                raise KeyboardInterrupt

        try:
            before = signal.signal(signal.SIGINT, on_interrupt)
        except ValueError:
            yield
            return
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before if before is not None else signal.default_int_handler)


class _Stub:
    """Which object of the test a stand-in is for."""

    def __init__(self, agent: Agent, number: int) -> None:
        self.agent = agent
        self.number = number


class _Function:
    """A function of the test; calling it runs it in the grader kernel."""

    def __init__(self, stub: _Stub, name: str, parameters: list | None) -> None:
        self._stub = stub
        self.__name__ = self.__qualname__ = name
        if parameters is not None:
            with contextlib.suppress(ValueError, TypeError):
                self.__signature__ = _signature_of(parameters)

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        stub = self._stub
        flat = tuple(part for pair in keywords.items() for part in pair)
        return stub.agent.call_back("call", stub.number, arguments, flat)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else types.MethodType(self, instance)

    def __repr__(self) -> str:
        return f"<function {self.__name__}>"


class _Iterator:
    """An iterator of the test, gone through item by item."""

    def __init__(self, stub: _Stub) -> None:
        self._stub = stub

    def __iter__(self) -> _Iterator:
        return self

    def __next__(self) -> Any:
        stub = self._stub
        return stub.agent.call_back("next", stub.number)


def _has(kind: type, name: str) -> bool:
    """Whether objects of a type have a special method; one of the type's own type does not count."""
    for base in type.__dict__["__mro__"].__get__(kind):
        if name in base.__dict__:
            return base.__dict__[name] is not None
    return False


def _describe(error: BaseException, agent: Agent) -> list:
    """Type, message and traceback of an exception as plain data."""
    try:
        origin = error.__dict__.get("_assay_origin")
        kind = type(error)
        try:
            text = str(error)
        except BaseException as other:
            text = f"<{type(other).__name__} while its message was made>"
        arguments = error.args if all(type(part) in (str, int, float, bool) for part in error.args) else None
        if arguments is not None and sum(len(str(part)) for part in arguments) > MOST_TEXT:
            arguments = None
        known = EXCEPTION_NAMES.get(id(kind))
        return [
            origin if type(origin) is int else None,
            EXCEPTIONS[known] if known else kind,
            _short(text, MOST_TEXT),
            list(arguments) if arguments is not None else None,
            _traceback(error),
        ]
    except BaseException:
        return [None, Exception, "an exception that cannot be described", None, ""]


def _traceback(error: BaseException) -> str:
    """The lines of student code that an exception came through, innermost last."""
    lines: list[str] = []
    step = error.__traceback__
    while step is not None and len(lines) < 400:
        code = step.tb_frame.f_code
        name = code.co_filename
        if not any(folder in name for folder in _OWN_FOLDERS):
            source = linecache.getline(name, step.tb_lineno, step.tb_frame.f_globals).strip()
            where = (
                "cell"
                if "ipykernel_" in name or name.startswith("<ipython-input")
                else os.path.basename(name)
            )
            lines.append(_short(f"{where}, line {step.tb_lineno}, in {code.co_name}: {source}", REPR_LENGTH))
        step = step.tb_next
    if len(lines) > 20:
        lines = [*lines[:10], f"... {len(lines) - 20} more ...", *lines[-10:]]
    return "\n".join(lines)


def _exception_of(payload: list) -> BaseException:
    """The exception of a function of the test, to be raised in the student's function."""
    number, kind, message = payload
    try:
        error = kind(message)
    except Exception:
        error = Exception(message)
    with contextlib.suppress(Exception):
        error._assay_origin = number
    return error


_SIMPLE = (type(None), bool, int, float, str)


def _signature(function: Any) -> list:
    """Parameters of a function: name, kind, whether it has a default, and the default if it is plain."""
    described = []
    for parameter in inspect.signature(function).parameters.values():
        default = parameter.default
        has_default = default is not inspect.Parameter.empty
        plain = _is_plain(default) if has_default else False
        described.append(
            [parameter.name, int(parameter.kind), has_default, plain, default if plain else None]
        )
    return described


def _is_plain(value: Any, depth: int = 0) -> bool:
    if type(value) in _SIMPLE:
        return True
    if type(value) in (tuple, list) and depth < 3 and len(value) < 100:
        return all(_is_plain(part, depth + 1) for part in value)
    return False


def _signature_of(parameters: list) -> inspect.Signature:
    kinds = {int(kind): kind for kind in inspect._ParameterKind}
    return inspect.Signature(
        [
            inspect.Parameter(name, kinds[kind], default=... if has_default else inspect.Parameter.empty)
            for name, kind, has_default in parameters
        ]
    )


def _short(text: str, length: int) -> str:
    text = str.__str__(text)
    return text if len(text) <= length else text[: length - 3] + "..."


def _plain_name(name: Any) -> str:
    return name[:100] if type(name) is str and name.isidentifier() else "object"

"""What both ends of the link do: ask, answer while waiting, and keep shared objects alike."""

# The parameters of a class are in its own docstring, and special methods do what Python says of them.
# ruff: noqa: D107

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from assay.bridge.names import EXCEPTION_NAMES, EXCEPTIONS, NAMED, NAMES
from assay.bridge.rebuilt import Rebuilt
from assay.bridge.sharing import SharedObjects, any_is_kept
from assay.wire import CannotEncode, Channel, Decoder, Encoder, WireError, WireLimits, read_dtype

ASK, VALUE, ERROR, REFUSED = "ask", "value", "error", "refused"
MOST_NESTED = 40
RESULT_BYTES = 16 * 2**20


class Peer:
    """One end of the link; the sides take turns.

    Subclasses say how objects that are no data travel (`opaque`, `extra`) and what they answer (`perform`).

    Parameters
    ----------
    connection
        A connected stream socket.
    limits
        What a message may hold.
    parity
        0 for the grader's end, 1 for the student's.
    """

    def __init__(self, connection: socket.socket, limits: WireLimits, parity: int) -> None:
        self.channel = Channel(connection, limits)
        self.limits = limits
        self.shared = SharedObjects(parity)
        #: Keras objects of the other side that came as their config.
        self.rebuilt = Rebuilt()
        self.deadline: float | None = None
        self.lock = threading.RLock()
        #: Called with an object of this side before the other side's change is written into it.
        self.before_change: Callable[[Any], None] = lambda value: None
        self._next = 0
        self._nested = 0
        self._unsent_releases: list[int] = []

    def ask(self, operation: str, *parts: Any) -> tuple[str, list]:
        """Send a request and return the kind and the parts of its answer; requests of the other side are answered meanwhile.

        Raises
        ------
        CannotEncode
            The request has no form as data.
        """
        with self.lock:
            self._next += 1
            number = self._next
            self.send(ASK, number, [operation, *parts], all_shared=True)
            del parts
            while True:
                kind, answered, payload = self.receive()
                if kind == ASK:
                    self._answer_nested(answered, payload)
                    continue
                if answered != number:
                    raise WireError("an answer belongs to no request")
                return kind, payload

    def answer(self, number: int, payload: list) -> None:
        """Perform a request and send what came of it."""
        kind, parts = self.perform(payload)
        try:
            self.send(kind, number, parts, all_shared=False)
        except CannotEncode as error:
            parts.clear()
            self.send(REFUSED, number, [str(error)], all_shared=False)

    def perform(self, payload: list) -> tuple[str, list]:
        """Do what the other side asks for; it empties ``payload``, so that nothing of it is held on to."""
        raise NotImplementedError

    def opaque(self, value: Any, encoder: Encoder, depth: int) -> Any:
        """The JSON of a value that is no plain data."""
        raise NotImplementedError

    def extra(self, coded: list, decoder: Decoder, depth: int) -> Any:
        """The value of a piece of JSON that is no plain data."""
        raise NotImplementedError

    def send(self, kind: str, number: int, payload: list, *, all_shared: bool) -> None:
        """Send a message with everything that changed in the shared objects.

        Parameters
        ----------
        all_shared
            Share every mutable object of the payload, and not only when somebody here keeps one of them.
        """
        shared = self.shared
        encoder = Encoder(self.opaque, shared.known, self.limits)
        coded = encoder.values(payload, 0)
        start = len(encoder.objects)
        updates: list[list] = []
        plain, containers = shared.changed() if len(shared) else ([], [])
        for each in plain:
            updates.append([each, shared.write(each, encoder)])
        middle = len(encoder.objects)
        for each in containers:
            updates.append([each, shared.write(each, encoder)])
        changed = plain + containers
        # Only now: what nobody holds here any more has been changed here for the last time.
        self._unsent_releases += shared.release()
        shares: list[list[int]] = []
        if len(encoder.objects) > middle:
            shares += shared.offer(encoder.objects, middle, RESULT_BYTES)
        if start:
            of_payload = encoder.objects[:start]
            if all_shared:
                shares += shared.offer(of_payload, 0)
            else:
                del of_payload
                if any_is_kept(encoder):
                    shares += shared.offer(encoder.objects[:start], 0, RESULT_BYTES)
        try:
            self.channel.send(
                [kind, number, coded, shares, updates, self._unsent_releases], encoder.buffers, self.deadline
            )
        except CannotEncode:
            # The other side will not hear of them.
            for _, each in shares:
                shared.forget(each)
            raise
        self._unsent_releases = []
        if changed:
            shared.refresh(changed)

    def receive(self) -> tuple[str, int, list]:
        """Wait for a message, bring the shared objects up to date, and return its kind, number and parts.

        Raises
        ------
        WireError
            It is not valid.
        """
        frame = self.channel.receive(self.deadline)
        if len(frame.header) != 6:
            raise WireError("a message has the wrong number of parts")
        kind, number, coded, shares, updates, released = frame.header
        if kind not in (ASK, VALUE, ERROR, REFUSED) or type(number) is not int:
            raise WireError("a message is of a kind that is not known")
        decoder = Decoder(frame.buffers, self.extra, self.limits)
        payload = decoder.values(coded, 0)
        writes: list[Callable[[], None]] = []
        changed = []
        if type(updates) is not list or type(released) is not list or len(released) > self.limits.items:
            raise WireError("a message is not valid")
        for update in updates:
            if type(update) is not list or len(update) != 2:
                raise WireError("a message is not valid")
            writes.append(self.shared.read(update[0], update[1], decoder))
            changed.append(update[0])
        for each, write in zip(changed, writes, strict=True):
            self.before_change(self.shared.value(each))
            write()
        self.shared.refresh(changed)
        if shares:
            self.shared.adopt(shares, decoder.objects)
        for each in released:
            if type(each) is not int:
                raise WireError("a message is not valid")
            self.shared.forget(each)
        return kind, number, payload

    def _answer_nested(self, number: int, payload: list) -> None:
        self._nested += 1
        try:
            if self._nested > MOST_NESTED:
                raise WireError("calls of the two kernels are nested too deep")
            self.answer(number, payload)
        finally:
            self._nested -= 1


def write_common(value: Any) -> Any:
    """The JSON of a type, a function or an exception class that travels by its name; None for anything else."""
    name = NAMES.get(id(value))
    if name is not None:
        return ["y", name]
    name = EXCEPTION_NAMES.get(id(value))
    if name is not None:
        return ["e", name]
    if isinstance(value, np.dtype) and type(value).__module__ == "numpy.dtypes":
        try:
            read_dtype(value.str)
        except WireError:
            return None
        return ["D", value.str]
    return None


def read_common(coded: list, decoder: Decoder) -> Any:
    """The value of JSON that `write_common` has written, or NotImplemented for any other."""
    tag = coded[0]
    if tag in ("y", "e"):
        name = decoder.text(decoder.fields(coded, 1)[0])
        found = (NAMED if tag == "y" else EXCEPTIONS).get(name)
        if found is None:
            raise WireError("a name is not one of those that are known")
        return found
    if tag == "D":
        return read_dtype(decoder.fields(coded, 1)[0])
    return NotImplemented

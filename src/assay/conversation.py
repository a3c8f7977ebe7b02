"""Talks to one running kernel: requests under a time limit, outputs up to a size, whatever the kernel does."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import zmq
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager
from nbformat import NotebookNode
from nbformat.v4 import new_output, output_from_msg

#: Bytes of one message; a longer one ends the connection that it came over, and libzmq opens it again.
MESSAGE_BYTES = 8 << 20
#: Messages that wait unread on one channel; the kernel drops its outputs beyond that.
MESSAGES_WAITING = 16
#: Seconds between two looks at whether the kernel is alive.
POLL_SECONDS = 0.25
#: Seconds to wait, after a cell has ended, for the last of its outputs.
OUTPUT_SECONDS = 1.0
#: What a message counts at least, however short it is, or a million of them would be kept.
LEAST_MESSAGE = 100


@dataclass(frozen=True)
class Answer:
    """What came of a request.

    Attributes
    ----------
    content
        The kernel's reply, or None when it gave none.
    late
        Whether the time limit had passed.
    died
        Whether the kernel was gone.
    """

    content: dict[str, Any] | None
    late: bool = False
    died: bool = False


class Conversation:
    """The client's side of one kernel, from its start to its end."""

    def __init__(self, manager: KernelManager) -> None:
        """Take a kernel manager as `assay.kernels.make_manager` makes it; nothing runs yet."""
        self.manager = manager
        self._client: BlockingKernelClient | None = None
        self._context = zmq.Context()
        self._context.setsockopt(zmq.MAXMSGSIZE, MESSAGE_BYTES)
        self._context.setsockopt(zmq.RCVHWM, MESSAGES_WAITING)
        self._context.setsockopt(zmq.LINGER, 0)

    def start(self) -> None:
        """Start the kernel's process; `wait_until_ready` comes before the first request."""
        self.manager.start_kernel()
        self._client = self.manager.client(context=self._context)
        self._client.start_channels(stdin=False, hb=False)

    def wait_until_ready(self, seconds: float) -> bool:
        """Wait for the kernel to answer and for its outputs to arrive; False when it does not in time."""
        deadline = monotonic() + seconds
        heard: set[str] = set()
        while monotonic() < deadline:
            message_id = self._send("kernel_info_request", {})
            until = min(deadline, monotonic() + 1.0)
            while monotonic() < until and heard != {"shell", "iopub"}:
                for channel, message in self._receive(min(POLL_SECONDS, max(0.0, until - monotonic()))):
                    if channel == "iopub" or message["parent_header"].get("msg_id") == message_id:
                        heard.add(channel)
            if heard == {"shell", "iopub"}:
                return True
            if not self.is_alive():
                return False
        return False

    def is_alive(self) -> bool:
        """Whether the kernel's process is there."""
        return bool(self._client is not None and self.manager.is_alive())

    def request(
        self,
        kind: str,
        content: dict[str, Any],
        seconds: float,
        *,
        grace: float,
        output: Output | None = None,
    ) -> Answer:
        """Send a request and wait for its reply; see `begin` and `finish`, which this is."""
        return self.finish(self.begin(kind, content), seconds, grace=grace, output=output)

    def begin(self, kind: str, content: dict[str, Any]) -> str:
        """Send a request and return its id."""
        return self._send(kind, content)

    def finish(
        self, message_id: str, seconds: float, *, grace: float, output: Output | None = None
    ) -> Answer:
        """Wait for the reply to a request.

        Parameters
        ----------
        seconds
            After this time the kernel is interrupted.
        grace
            Seconds that an interrupted kernel has to reply.
        output
            Takes what the cell puts out.
        """
        output = output or Output(0)
        content = self._wait(message_id, seconds, output)
        late = content is None and self.is_alive()
        if late:
            with suppress(Exception):
                self.manager.interrupt_kernel()
            content = self._wait(message_id, grace, output)
        if content is None:
            return Answer(None, late=late, died=not self.is_alive())
        self._wait_for_idle(message_id, output)
        return Answer(content, late=late)

    def end(self) -> None:
        """Kill the kernel and everything that it started, and close what was open."""
        if self._client is not None:
            with suppress(Exception):
                self._client.stop_channels()
        with suppress(Exception):
            self.manager.shutdown_kernel(now=True)
        with suppress(Exception):
            self.manager.cleanup_resources()
        self._context.destroy(linger=0)
        self._client = None

    def _send(self, kind: str, content: dict[str, Any]) -> str:
        assert self._client is not None
        message = self._client.session.msg(kind, content)
        # A kernel that has stopped reading must not stop this process.
        with suppress(zmq.Again):
            self._client.session.send(self._client.shell_channel.socket, message)
        return str(message["header"]["msg_id"])

    def _wait(self, message_id: str, seconds: float, output: Output) -> dict[str, Any] | None:
        deadline = monotonic() + seconds
        while True:
            left = deadline - monotonic()
            if left <= 0:
                return None
            received = self._receive(min(POLL_SECONDS, left))
            for channel, message in received:
                if message["parent_header"].get("msg_id") != message_id:
                    continue
                if channel == "shell":
                    return message["content"] if isinstance(message["content"], dict) else {}
                output.take(message)
            if not received and not self.is_alive():
                return None

    def _wait_for_idle(self, message_id: str, output: Output) -> None:
        """Read the rest of a cell's outputs; the message that ends them can get lost in a flood."""
        deadline = monotonic() + OUTPUT_SECONDS
        while not output.ended and (left := deadline - monotonic()) > 0:
            for channel, message in self._receive(left):
                if channel == "iopub" and message["parent_header"].get("msg_id") == message_id:
                    output.take(message)

    def _receive(self, seconds: float) -> list[tuple[str, dict[str, Any]]]:
        """The messages that are there, at most one of each channel, or that come within ``seconds``."""
        assert self._client is not None
        channels = {"iopub": self._client.iopub_channel.socket, "shell": self._client.shell_channel.socket}
        poller = zmq.Poller()
        for socket in channels.values():
            poller.register(socket, zmq.POLLIN)
        ready = dict(poller.poll(max(0, int(seconds * 1000)) + 1))
        messages = []
        for name, socket in channels.items():
            if socket in ready:
                try:
                    _, message = self._client.session.recv(socket, mode=zmq.NOBLOCK)
                except Exception:  # Whatever a kernel sends that is no message.
                    continue
                if _is_message(message):
                    messages.append((name, message))
        return messages


@dataclass
class Output:
    """What a cell puts out, up to ``room`` characters; the rest is dropped.

    Attributes
    ----------
    room
        Characters that are still kept.
    outputs
        As nbformat has them, uncleaned.
    ended
        Whether the kernel said that there is no more.
    """

    room: int
    outputs: list[NotebookNode] = field(default_factory=list)
    ended: bool = False
    _clear_next: bool = False
    _full: bool = False

    def take(self, message: dict[str, Any]) -> None:
        """Add a message of the iopub channel; never raises."""
        kind, content = message.get("msg_type"), message.get("content")
        if not isinstance(content, dict):
            return
        if kind == "status":
            self.ended = self.ended or content.get("execution_state") == "idle"
        elif kind == "clear_output":
            self._clear(bool(content.get("wait")))
        elif kind == "update_display_data":
            self._update(message)
        elif kind in ("stream", "display_data", "execute_result", "error"):
            self._add(message)

    def _add(self, message: dict[str, Any]) -> None:
        size = max(LEAST_MESSAGE, _length(message["content"]))
        if self._full:
            return
        if size > self.room:
            self._full = True
            text = message["content"].get("text")
            if message["msg_type"] == "stream" and isinstance(text, str):
                message["content"]["text"] = text[: self.room]
                self._keep(message)
            self.outputs.append(
                new_output("stream", name="stderr", text="\n[The rest of the output was dropped.]\n")
            )
            return
        self.room -= size
        self._keep(message)

    def _keep(self, message: dict[str, Any]) -> None:
        if self._clear_next:
            self._clear(wait=False)
        try:
            output = output_from_msg(message)
        except Exception:  # A message that lacks what its kind must have is no output.
            return
        last = self.outputs[-1] if self.outputs else None
        if (
            output.output_type == "stream"
            and isinstance(output.text, str)
            and last is not None
            and last.output_type == "stream"
            and last.name == output.name
        ):
            last.text += output.text
            return
        transient = message["content"].get("transient")
        if isinstance(transient, dict) and isinstance(transient.get("display_id"), str):
            output.metadata["display_id"] = transient["display_id"]
        self.outputs.append(output)

    def _update(self, message: dict[str, Any]) -> None:
        content = message["content"]
        transient, data = content.get("transient"), content.get("data")
        name = transient.get("display_id") if isinstance(transient, dict) else None
        size = max(LEAST_MESSAGE, _length(content))
        if not isinstance(name, str) or not isinstance(data, dict) or size > self.room:
            return
        self.room -= size
        for output in self.outputs:
            if output.get("metadata", {}).get("display_id") == name:
                output.data = NotebookNode(data)

    def _clear(self, wait: bool) -> None:
        self._clear_next = wait
        if not wait:
            self.outputs.clear()


def _is_message(message: Any) -> bool:
    return (
        isinstance(message, dict)
        and isinstance(message.get("parent_header"), dict)
        and isinstance(message.get("msg_type"), str)
    )


def _length(value: Any) -> int:
    """How many characters a value of JSON holds, without recursion."""
    length, waiting = 0, [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            waiting += item.values()
            length += sum(len(key) for key in item)
        elif isinstance(item, list):
            waiting += item
        else:
            length += len(item) if isinstance(item, str) else 10
    return length


#: Something that makes a fresh kernel manager each time a kernel has to be replaced.
MakeManager = Callable[[], KernelManager]

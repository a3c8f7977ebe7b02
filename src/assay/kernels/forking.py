"""The warm process: it has imported what kernels need, and each kernel is a fork of it in namespaces of its own.

It runs inside bubblewrap, holds no file of a course and reads no byte of a submission: an order names the folder of the
kernel's sockets and the sizes of its folders, and the rest of it is handed through to the fork, which reads it behind its walls.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import signal
import socket
import sys
from collections.abc import Iterable
from typing import Any, NoReturn

from assay.kernels import namespaces, walls

#: The environment variable that tells a warm process which descriptor orders come through.
ORDERS = "ASSAY_ORDERS"
READY, STARTED = b"ready", b"started"
ORDER_BYTES = 1 << 15
#: Descriptors of one order: the line, the settings, the files, and the links of the kernel.
MOST_DESCRIPTORS = 16


def serve(modules: Iterable[str]) -> list[int]:
    """Import these modules and fork for each order; returns in a fork alone, with the descriptors of its order.

    The first of them is the settings, the second the content of the files. The warm process itself ends here, as soon as
    nobody can send an order any more.
    """
    orders = socket.socket(fileno=int(os.environ.pop(ORDERS)))
    for name in modules:
        # What is missing here will be missing in the kernel, where the notebook that wants it says so.
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()
    # Forks that ended need nobody to ask for their status.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    orders.sendall(READY)
    while True:
        order, descriptors, _, _ = socket.recv_fds(orders, ORDER_BYTES, MOST_DESCRIPTORS)
        if not order:
            sys.exit(0)
        if os.fork() == 0:
            return _alone(json.loads(order), descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def _alone(order: dict[str, Any], descriptors: list[int]) -> list[int]:
    """Go on in a grandchild with namespaces of its own; its parents only wait for its end."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    namespaces.close_all_but({0, 1, 2, *descriptors})
    line, kept = socket.socket(fileno=descriptors[0]), descriptors[1:]
    walls.die_with_parent(signal.SIGKILL)
    namespaces.leave_the_others()
    first = os.fork()
    if first != 0:
        _announce(line, first, kept)
    line.close()
    walls.die_with_parent(signal.SIGKILL)
    # A signal to its own group must not reach the warm process.
    os.setsid()
    namespaces.mount_fresh(order["sizes"], order["bound"], order["kept"])
    namespaces.open_standard_streams_anew()
    walls.forbid_capabilities()
    kernel = os.fork()
    if kernel != 0:
        _be_the_first(kernel)
    _forget_random_states()
    return kept


def _announce(line: socket.socket, first: int, others: list[int]) -> NoReturn:
    """Tell the client which process all others of the fork end with, wait for it, and tell how it ended."""
    status = 1
    try:
        number = os.pidfd_open(first)
        socket.send_fds(line, [STARTED], [number])
        for descriptor in (number, *others):
            os.close(descriptor)
        status = os.waitstatus_to_exitcode(os.waitpid(first, 0)[1])
        line.sendall(str(status).encode())
    finally:
        os._exit(0 if status == 0 else 1)


def _be_the_first(kernel: int) -> NoReturn:
    """Be the process number 1 of a namespace: it collects orphans, and when the kernel has ended it ends, and all with it."""
    status = 1
    try:
        # Of the signals from inside only those arrive that a handler waits for: Python has one for this.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        walls.hide_memory()
        walls.drop_capabilities()
        namespaces.close_all_but({0, 1, 2})
        while True:
            ended, result = os.wait()
            if ended == kernel:
                status = os.waitstatus_to_exitcode(result)
                break
    finally:
        os._exit(status if status >= 0 else 128 - status)


def _forget_random_states() -> None:
    """No two forks may draw the same numbers; Python's own generator starts anew in each by itself."""
    import tempfile

    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()
    if "ssl" in sys.modules:
        # OpenSSL knows a fork by its number, and that is the same in every namespace.
        sys.modules["ssl"].RAND_add(os.urandom(32), 32.0)
    tempfile._name_sequence = None  # type: ignore[attr-defined]

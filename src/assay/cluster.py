"""Runs submissions one after the other in this process, or at the same time on the workers of a Dask cluster."""

from __future__ import annotations

import logging
import os
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from math import ceil
from typing import Any, NamedTuple, Protocol
from uuid import uuid4

from assay.errors import AssayError
from assay.jobs import CourseSide, Outcome, run_submission
from assay.kernels.warm import close_warm_processes

#: Memory of a worker with its two warm processes and two kernels that train small networks.
WORKER_BYTES = 3 << 30
#: Seconds for the workers of a local cluster to start, and for a scheduler to answer.
START_SECONDS = 120.0
CONNECT_SECONDS = 20.0
#: Submissions that wait at the cluster for each thread, so that none is idle while the gradebook is written.
AHEAD = 0.5
#: How often a submission that takes its worker with it is tried on another one.
RETRIES = 1
_ADDRESS = re.compile(r"(tls|tcp)://([\w.-]+|\[[0-9a-fA-F:]+\]):\d+")


class Order(NamedTuple):
    """A submission to be run: who handed it in, and its files as the intake left them."""

    student: str
    files: Mapping[str, bytes]


class Crew(Protocol):
    """Whoever runs submissions.

    Attributes
    ----------
    is_here
        Whether that is this machine.
    """

    is_here: bool

    def run(
        self, course: CourseSide, orders: Iterable[Order], running: Callable[[Sequence[str]], None]
    ) -> Iterator[tuple[Order, Outcome]]:
        """Run the orders and give them with what came of each, as they come.

        Parameters
        ----------
        orders
            Taken one by one when there is room for another, so that few of them are in memory.
        running
            Called with the students whose submissions are being run, when these change.
        """


class Alone:
    """Runs submissions in this process, one after the other."""

    is_here = True

    def run(
        self, course: CourseSide, orders: Iterable[Order], running: Callable[[Sequence[str]], None]
    ) -> Iterator[tuple[Order, Outcome]]:
        """See `Crew`."""
        try:
            for order in orders:
                running([order.student])
                yield order, run_submission(course, order.files)
        finally:
            close_warm_processes()


class Workers:
    """Runs submissions on the workers of a Dask scheduler; see `workers_here` and `workers_of`."""

    def __init__(self, client: Any, name: str, *, is_here: bool) -> None:
        """Take a client, and what its cluster is called in sentences."""
        self.client = client
        self.name = name
        self.is_here = is_here

    def run(
        self, course: CourseSide, orders: Iterable[Order], running: Callable[[Sequence[str]], None]
    ) -> Iterator[tuple[Order, Outcome]]:
        """See `Crew`.

        Raises
        ------
        AssayError
            When the scheduler is lost, or a worker cannot run assay at all.
        """
        from distributed import as_completed

        mark = uuid4().hex[:8]
        # As a task of its own it travels to each worker once, and is made again when a worker is lost with it.
        bundle = self.client.submit(_itself, course, key=f"course-{mark}", pure=False)
        finished = as_completed(loop=self.client.loop)
        waiting: dict[str, Order] = {}
        left = iter(orders)
        number = 0

        def fill() -> None:
            nonlocal number
            threads = max(1, self._threads())
            while len(waiting) < threads + ceil(AHEAD * threads):
                order = next(left, None)
                if order is None:
                    break
                number += 1
                # Names of students stay here: keys stand in logs and on dashboards.
                key = f"submission-{mark}-{number}"
                future = self.client.submit(run_submission, bundle, dict(order.files), key=key, pure=False)
                waiting[key] = order
                finished.add(future)
            running([order.student for order in list(waiting.values())[:threads]])

        try:
            fill()
            while waiting:
                future = next(finished)
                outcome = self._outcome(future)
                order = waiting.pop(future.key)
                future.release()
                fill()
                yield order, outcome
        finally:
            with suppress(Exception):
                self.client.cancel([*finished.futures, bundle])

    def _threads(self) -> int:
        try:
            return sum(self.client.nthreads().values())
        except Exception as error:
            raise self._lost() from error

    def _outcome(self, future: Any) -> Outcome:
        from distributed import KilledWorker

        if future.status in ("cancelled", "lost"):
            raise self._lost()
        error = future.exception()
        if error is None:
            return future.result()
        if isinstance(error, KilledWorker):
            return Outcome(
                failure="grader error: every process that graded it was lost, again on another try: "
                "see whether the machines have memory enough, and grade it again."
            )
        if isinstance(error, (ImportError, AttributeError)):
            raise AssayError(
                f"A worker of {self.name} cannot run assay ({error}): install on it what is installed here."
            ) from error
        return Outcome(failure=f"grader error: {type(error).__name__}: {error}")

    def _lost(self) -> AssayError:
        return AssayError(
            f"The scheduler of {self.name} was lost: what was graded before is kept; "
            "start it again and run the same command to grade the rest."
        )


@contextmanager
def crew(workers: int | None, scheduler: str | None) -> Iterator[Callable[[int], Crew]]:
    """What gives for a number of submissions who runs them; a cluster is started when it is first of use.

    Parameters
    ----------
    workers
        How many run at the same time on this machine; what its cores and its memory allow when None.
    scheduler
        Address of a Dask scheduler, for its workers to run them.
    """
    number = workers or default_workers()
    started: list[Workers] = []
    with ExitStack() as stack:

        def chosen(submissions: int) -> Crew:
            if scheduler is None and min(number, submissions) <= 1:
                return Alone()
            if not started:
                manager = workers_of(scheduler) if scheduler else workers_here(number)
                started.append(stack.enter_context(manager))
            return started[0]

        yield chosen


def default_workers() -> int:
    """As many as this process may use cores, and as fit into the machine's memory."""
    import psutil

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, psutil.virtual_memory().total // WORKER_BYTES))


@contextmanager
def workers_here(number: int) -> Iterator[Workers]:
    """This many worker processes on this machine; what they say to each other is encrypted, as other users can connect to them.

    Raises
    ------
    AssayError
        When they do not start.
    """
    import dask
    from distributed import Client, LocalCluster
    from distributed.security import Security

    settings = {
        "distributed.scheduler.allowed-failures": RETRIES,
        "distributed.scheduler.worker-saturation": 1.0,
        "distributed.worker.profile.enabled": False,
        "distributed.admin.system-monitor.gil.enabled": False,
    }
    with dask.config.set(settings), _quiet():
        try:
            cluster = LocalCluster(
                n_workers=number,
                threads_per_worker=1,
                processes=True,
                host="127.0.0.1",
                protocol="tls",
                security=Security.temporary(),
                dashboard_address=None,
                # What needs memory are the kernels, which have limits of their own.
                memory_limit=0,
                silence_logs="CRITICAL",
            )
        except Exception as error:
            raise AssayError(
                f"No workers can be started here ({type(error).__name__}: {error}); grade with --workers 1."
            ) from error
        try:
            with Client(cluster, set_as_default=False) as client:
                yield Workers(client, "this machine", is_here=True)
        finally:
            cluster.close(timeout=START_SECONDS)


@contextmanager
def workers_of(scheduler: str) -> Iterator[Workers]:
    """The workers of a scheduler; certificates for TLS come from Dask's own configuration.

    Raises
    ------
    AssayError
        When that is no address, no scheduler answers there, or it has no workers.
    """
    from distributed import Client

    if not _ADDRESS.fullmatch(scheduler):
        raise AssayError(
            f"The address of a Dask scheduler reads tls://host:port, or tcp://host:port without encryption, and not {scheduler!r}."
        )
    with _quiet():
        try:
            client = Client(scheduler, timeout=CONNECT_SECONDS, set_as_default=False, name="assay")
        except Exception as error:
            raise AssayError(
                f"No Dask scheduler answers at {scheduler} ({type(error).__name__}): start it, or name its address as it prints it, "
                "such as tls://10.0.0.5:8786; for tls, Dask's configuration has to name the certificates."
            ) from error
        with client:
            try:
                client.wait_for_workers(1, timeout=START_SECONDS)
            except Exception as error:
                raise AssayError(
                    f"The scheduler at {scheduler} has no workers: start some with dask worker {scheduler} --nthreads 1."
                ) from error
            yield Workers(client, scheduler, is_here=False)


@contextmanager
def _quiet() -> Iterator[None]:
    """Dask's log and its warnings are for who writes programs with it; what matters here is said in sentences."""
    import distributed

    # Several of its loggers have handlers of their own.
    loggers = [
        logging.getLogger(name) for name in logging.root.manager.loggerDict if name.startswith("distributed")
    ]
    before = [(logger, logger.handlers) for logger in loggers]
    for logger in loggers:
        logger.handlers = [logging.NullHandler()]
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=distributed.__name__)
            yield
    finally:
        for logger, handlers in before:
            logger.handlers = handlers


def _itself(value: Any) -> Any:
    return value

"""Runs a submission and its tests in step, in two kernels: the submission in one, the course's own cells in the other."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_output

from assay.cells import grade_id, is_solution, is_test, role
from assay.cleaning import clean_outputs
from assay.conversation import Answer, Conversation, Output
from assay.errors import AssayError
from assay.kernels import Limits, Sandbox, Tier, choose, make_manager
from assay.kernels.warm import losses, prepare
from assay.names import Needs, bound_names, imported_modules, is_courses_own, needs_of
from assay.surroundings import Surroundings, of_installed_packages
from assay.verdict import Status, Verdict, bounded, short

TIMED_OUT = "TimedOut"
KERNEL_DIED = "KernelDied"

#: Seconds that the test cell may take on top of what it may wait for the student's code.
TEST_MARGIN = 2.0
#: Seconds for a student kernel to notice that a test is over.
SERVE_SECONDS = 2.0
#: How often a submission is run when a process that its kernels are forked from was lost.
ATTEMPTS = 2


@dataclass(frozen=True)
class RunLimits:
    """What a submission may use, seen from outside its kernels.

    Attributes
    ----------
    cell_seconds
        Wall-clock time of one cell; a test cell waits no longer than this for the student's code.
    grace_seconds
        Time for an interrupted cell to stop before its kernel is replaced.
    notebook_seconds
        Wall-clock time of all cells together.
    startup_seconds
        Time for a kernel to start; a busy machine is no student's fault.
    max_output
        Characters of output that are kept of one cell.
    kernel
        What each of the two kernels may use.
    """

    cell_seconds: float = 10.0
    grace_seconds: float = 2.0
    notebook_seconds: float = 900.0
    startup_seconds: float = 120.0
    max_output: int = 1_000_000
    kernel: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Run:
    """What came of a submission.

    Attributes
    ----------
    notebook
        A copy of the submission with the outputs of this run, cleaned.
    verdicts
        One for each test cell, in the order of the notebook.
    incidents
        Sentences on what went wrong on the way.
    """

    notebook: NotebookNode
    verdicts: tuple[Verdict, ...]
    incidents: tuple[str, ...]


def run_in_two_kernels(
    notebook: NotebookNode,
    master: NotebookNode,
    *,
    files: Path | None = None,
    course_files: Path | None = None,
    surroundings: Surroundings | None = None,
    limits: RunLimits | None = None,
    tier: Tier | None = None,
    warm: Sequence[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Run:
    """Run a rebuilt submission and mark its test cells.

    Parameters
    ----------
    notebook
        As `assay.notebook.rebuild` makes it: cells and order of the student, everything else of the master.
    master
        The course's own notebook, hidden tests included; its locked cells and test cells are what runs in the grader kernel.
    files
        A folder whose files the student kernel finds copied into its work folder: the submission's and the course's. It
        must hold no master notebook.
    course_files
        The same for the grader kernel: the course's own files only, since what lies there can be imported.
    surroundings
        Further folders that the kernels may read, such as a cache of data, and environment variables; what the
        installed packages ask for when None.
    tier
        How the kernels are kept from doing harm; the best that works on this machine when None.
    warm
        Not None when the kernels are to be forks of processes that are kept and have imported what the notebook imports,
        where that works on this machine (see `assay.kernels.warm`), and these modules.
    progress
        Called with the number of cells done and of all cells.

    Raises
    ------
    AssayError
        When the kernels do not start, or a process that they are forked from ended twice.
    """
    if surroundings is None:
        surroundings = of_installed_packages()
    for _ in range(ATTEMPTS):
        run = _InStep(
            notebook,
            master,
            (files, course_files),
            surroundings,
            limits or RunLimits(),
            tier or choose(),
            warm,
        )
        lost = losses()
        try:
            result = run.all_cells(progress or (lambda done, total: None))
        except AssayError:
            if losses() == lost:
                raise
        else:
            if losses() == lost:
                return result
    raise AssayError(
        "The process that kernels are forked from ended each time while this submission was graded: "
        "see whether the machine has memory enough, and grade it again."
    )


def warm_modules(
    master: NotebookNode, further: Sequence[str] = ()
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The modules that a student kernel and a grader kernel of a notebook need, as far as its cells say it.

    What a submission could find out is what it was given: neither the solution's modules nor those of the tests are among
    the first.
    """
    cells = [cell for cell in master.cells if cell.cell_type == "code"]
    given = [cell.source for cell in cells if not is_solution(cell) and not is_test(cell)]
    tests = [cell.source for cell in cells if is_test(cell)]
    student = (*imported_modules(given), *further)
    return student, tuple(dict.fromkeys((*student, *imported_modules(tests))))


class _InStep:
    """The two kernels of one submission and what is known of it so far."""

    def __init__(
        self,
        notebook: NotebookNode,
        master: NotebookNode,
        files: tuple[Path | None, Path | None],
        surroundings: Surroundings,
        limits: RunLimits,
        tier: Tier,
        warm: Sequence[str] | None,
    ) -> None:
        self.notebook = nbformat.from_dict(notebook)
        self.limits = limits
        self.files, self.course_files = files
        self.sandbox = Sandbox(
            read_only=surroundings.read_only,
            environment=surroundings.environment,
            limits=limits.kernel,
            tier=tier,
        )
        student, grader = (None, None) if warm is None else warm_modules(master, warm)
        self.warm = {"student": student, "grader": grader}
        self.courses_own = {grade_id(cell): cell for cell in master.cells if is_courses_own(cell)}
        needs = needs_of(master)
        self.needs = {
            grade_id(cell): needs[position]
            for position, cell in enumerate(master.cells)
            if is_courses_own(cell)
        }
        self.order = list(self.courses_own)
        self.links = _Links()
        self.student: Conversation | None = None
        self.grader: Conversation | None = None
        self.deadline = 0.0
        self.ended_well: list[str] = []
        self.locked_done: list[str] = []
        #: Names that a locked cell was to compute from an answer that failed.
        self.missing_for_good: set[str] = set()
        self.verdicts: dict[str, Verdict] = {}
        self.incidents: list[str] = []

    def all_cells(self, progress: Callable[[int, int], None]) -> Run:
        cells = [cell for cell in self.notebook.cells if cell.cell_type == "code"]
        try:
            self._start_both()
            self.deadline = monotonic() + self.limits.notebook_seconds
            for done, cell in enumerate(cells):
                progress(done, len(cells))
                self._cell(cell)
        finally:
            self._end(self.student)
            self._end(self.grader)
            self.links.close()
        progress(len(cells), len(cells))
        return Run(self.notebook, tuple(self.verdicts.values()), tuple(self.incidents))

    # The cells

    def _cell(self, cell: NotebookNode) -> None:
        cell.outputs, cell.execution_count = [], None
        name = grade_id(cell)
        if is_test(cell) and name in self.courses_own and name not in self.verdicts:
            self._test(cell)
        elif cell.source.strip():
            self._student_cell(cell)
            if name in self.courses_own and name not in self.locked_done:
                self._locked(name)
        cell.outputs = clean_outputs(cell.outputs)

    def _student_cell(self, cell: NotebookNode) -> None:
        output = Output(self.limits.max_output)
        answer = self._execute(cell.source, output)
        cell.outputs = output.outputs
        if answer.content is None:
            cell.outputs.append(self._too_long() if answer.late else _kernel_died())
        elif answer.late:
            cell.outputs = [item for item in cell.outputs if item.output_type != "error"]
            cell.outputs.append(self._too_long())
        else:
            count = answer.content.get("execution_count")
            cell.execution_count = count if isinstance(count, int) and not isinstance(count, bool) else None
            if answer.content.get("status") == "ok":
                self.ended_well.append(cell.source)
        if answer.content is None or answer.late:
            words = "did not end in time" if answer.late else "ended its kernel"
            self.incidents.append(f"{_called(cell, self.notebook)} {words}.")
        if answer.content is None:
            self._end(self.student)
            self.student = None

    def _test(self, cell: NotebookNode) -> None:
        name = grade_id(cell)
        maximum = float(role(self.courses_own[name]).get("points", 0))
        for locked in self.order[: self.order.index(name)]:
            if locked not in self.locked_done and not is_test(self.courses_own[locked]):
                self._locked(locked)
        left = self.deadline - monotonic()
        if left <= 0:
            sentence = f"The notebook took longer than {self.limits.notebook_seconds:g} s in all; this test was not reached."
            self.verdicts[name] = Verdict(name, 0.0, maximum, Status.TIMED_OUT, sentence)
            cell.outputs = [_error(TIMED_OUT, sentence)]
            return
        output = Output(self.limits.max_output)
        answer = self._ask_grader(name, output)
        cell.outputs = output.outputs
        verdict = self._verdict(name, maximum, answer)
        self.verdicts[name] = verdict
        if answer.content is not None:
            count = answer.content.get("execution_count")
            cell.execution_count = count if isinstance(count, int) else None
        if verdict.status in (Status.TIMED_OUT, Status.DIED, Status.GRADER_ERROR, Status.UNGRADABLE):
            kind = {Status.TIMED_OUT: TIMED_OUT, Status.DIED: KERNEL_DIED}.get(verdict.status, "GraderError")
            cell.outputs = [item for item in cell.outputs if item.output_type != "error"]
            cell.outputs.append(_error(kind, verdict.message))
            self.incidents.append(f"{name}: {verdict.message}")

    def _locked(self, name: str) -> None:
        """Run a locked cell in the grader kernel; what it shows is shown by the student kernel."""
        self.locked_done.append(name)
        answer = self._ask_grader(name, Output(0))
        if answer.content is not None and answer.content.get("status") == "ok":
            return
        bound = bound_names(self.courses_own[name].source)
        if self.needs[name].fetch:
            self.missing_for_good |= bound
        else:
            words = answer.content.get("message", "") if answer.content else "it did not end"
            self.incidents.append(f"The course's own cell {name} failed in the grader: {short(str(words))}")

    def _verdict(self, name: str, maximum: float, answer: Answer) -> Verdict:
        content = answer.content
        if content is None or content.get("blame") == "interrupted":
            words = "did not end in time" if answer.late else "ended the grader's own kernel"
            message = f"The test {words} on this answer; a person has to look at it."
            return Verdict(name, None, maximum, Status.GRADER_ERROR, message)
        failure = content["failure"]
        if failure == "late":
            message = f"The answer did not return within {self.limits.cell_seconds:g} s and was stopped."
            return Verdict(name, 0.0, maximum, Status.TIMED_OUT, message)
        if failure == "died":
            return Verdict(name, 0.0, maximum, Status.DIED, "The answer ended its kernel when it was tested.")
        if failure == "protocol":
            return Verdict(name, 0.0, maximum, Status.FAILED, "The answer interfered with the tests.")
        error, message = content["error"], short(_message(content))
        if content["blame"] == "ungradable":
            return Verdict(name, None, maximum, Status.UNGRADABLE, message)
        if content["blame"] == "course" or (
            content["blame"] == "name" and not self._is_expected(name, content)
        ):
            return Verdict(
                name, None, maximum, Status.GRADER_ERROR, f"The test itself is at fault: {message}"
            )
        if content["awards"]:
            return _awarded(name, maximum, content["awards"], message)
        if content["status"] == "ok":
            return _of_value(name, maximum, content["value"])
        status = Status.NOT_ANSWERED if error == "NotImplementedError" else Status.FAILED
        return Verdict(name, 0.0, maximum, status, message)

    def _is_expected(self, name: str, content: dict[str, Any]) -> bool:
        """Whether the name that the test missed is one that the student was to give."""
        needs = self.needs[name]
        return content["missing"] in needs.expected | needs.replaced | self.missing_for_good

    # The kernels

    def _execute(self, source: str, output: Output) -> Answer:
        left = self.deadline - monotonic()
        if left <= 0:
            output.outputs.append(self._too_long())
            return Answer({"status": "skipped"}, late=False)
        if self.student is None or not self.student.is_alive():
            self._restart_student()
        assert self.student is not None
        content = {"code": source, "silent": False, "store_history": True, "user_expressions": {}}
        answer = self.student.request(
            "execute_request",
            {**content, "allow_stdin": False, "stop_on_error": False},
            min(self.limits.cell_seconds, left),
            grace=self.limits.grace_seconds,
            output=output,
        )
        if answer.content is not None and _leaves(answer.content):
            answer = Answer(None, died=True)
        self._tidy()
        return answer

    def _tidy(self) -> None:
        """Kill what a cell has left running beside its kernel."""
        if self.student is not None and self.student.is_alive():
            with suppress(Exception):
                self.student.manager.provisioner.kill_stragglers()

    def _ask_grader(self, name: str, output: Output) -> Answer:
        """Run a cell of the course in the grader kernel while the student kernel serves what it needs."""
        if self.grader is None or not self.grader.is_alive():
            self._restart_grader()
        assert self.grader is not None
        needs: Needs = self.needs[name]
        serving = None
        asks = bool(needs.fetch or needs.imports)
        if asks:
            if self.student is None or not self.student.is_alive():
                self._restart_student()
            assert self.student is not None
            serving = self.student.begin("assay_serve_request", {})
        content = {
            "source": self.courses_own[name].source,
            "locked": not is_test(self.courses_own[name]),
            "fetch": list(needs.fetch),
            "expected": sorted(needs.expected),
            "imports": dict(needs.imports),
            "stars": list(needs.stars),
            "link": self.links.number if asks else 0,
            "seconds": self.limits.cell_seconds,
        }
        answer = self.grader.request(
            "assay_run_request",
            content,
            self.limits.cell_seconds + TEST_MARGIN,
            grace=self.limits.grace_seconds,
            output=output,
        )
        if answer.content is not None and not _is_reply(answer.content):
            answer = replace(answer, content=None)
        if serving is not None and self.student is not None:
            failure = answer.content["failure"] if answer.content is not None else "unknown"
            # A kernel that was late is known to be busy: no use in waiting before it is interrupted.
            seconds = 0.0 if failure == "late" else SERVE_SECONDS
            if failure in ("unknown", "protocol", "died") or not self._has_served(serving, seconds):
                self._end(self.student)
                self.student = None
        if answer.content is None:
            self._end(self.grader)
            self.grader = None
        return answer

    def _has_served(self, serving: str, seconds: float) -> bool:
        assert self.student is not None
        served = self.student.finish(serving, seconds, grace=self.limits.grace_seconds)
        self._tidy()
        return served.content is not None

    def _start_both(self) -> None:
        # Both start at once: most of it is Python's imports, and there is usually more than one core.
        prepare(self._sandbox("student"), self._sandbox("grader"))
        self.student, self.grader = self._new_student(), self._new_grader()
        self._wait(self.student, "student")
        self._wait(self.grader, "grader")

    def _restart_student(self) -> None:
        """Replace the kernel and replay what ended well; what does not end again is left out from then on."""
        while True:
            self._end(self.student)
            self.student = self._new_student()
            self._wait(self.student, "student")
            for position, source in enumerate(self.ended_well):
                left = self.deadline - monotonic()
                content = {"code": source, "silent": False, "store_history": True, "allow_stdin": False}
                answer = self.student.request(
                    "execute_request",
                    {**content, "stop_on_error": False},
                    max(0.1, min(self.limits.cell_seconds, left)),
                    grace=self.limits.grace_seconds,
                )
                if answer.content is None or answer.late or _leaves(answer.content):
                    del self.ended_well[position]
                    break
            else:
                self._tidy()
                return
            if self.deadline <= monotonic():
                self.ended_well.clear()

    def _restart_grader(self) -> None:
        self._end(self.grader)
        self.grader = self._new_grader()
        self._wait(self.grader, "grader")
        done, self.locked_done = self.locked_done, []
        for name in done:
            self._locked(name)

    def _new_student(self) -> Conversation:
        with self.links.for_student() as link:
            return self._started(self._sandbox("student", self.files, {"ASSAY_LINK": link}))

    def _new_grader(self) -> Conversation:
        with self.links.for_grader() as control:
            return self._started(self._sandbox("grader", self.course_files, {"ASSAY_CONTROL": control}))

    def _sandbox(
        self, role: str, files: Path | None = None, links: Mapping[str, int] | None = None
    ) -> Sandbox:
        return replace(self.sandbox, role=role, files=files, pass_fds=links or {}, warm=self.warm[role])

    def _started(self, sandbox: Sandbox) -> Conversation:
        conversation = Conversation(make_manager(sandbox))
        try:
            conversation.start()
        except BaseException:
            conversation.end()
            raise
        return conversation

    def _wait(self, conversation: Conversation, name: str) -> None:
        if not conversation.wait_until_ready(self.limits.startup_seconds):
            what = "did not answer in time" if conversation.is_alive() else "ended while it started"
            raise AssayError(f"The {name} kernel {what}: `assay doctor` says what works on this machine.")

    def _end(self, conversation: Conversation | None) -> None:
        if conversation is not None:
            conversation.end()

    def _too_long(self) -> NotebookNode:
        return _error(
            TIMED_OUT, f"This cell did not end within {self.limits.cell_seconds:g} s and was stopped."
        )


class _Links:
    """The sockets between the two kernels, made here so that nobody else can reach them."""

    def __init__(self) -> None:
        self.number = 0
        self._to_grader: socket.socket | None = None
        self._newest: socket.socket | None = None

    @contextmanager
    def for_student(self) -> Iterator[int]:
        """The descriptor that a new student kernel inherits."""
        ours, theirs = socket.socketpair()
        if self._newest is not None:
            self._newest.close()
        self._newest = ours
        self._send()
        with theirs:
            yield theirs.fileno()

    @contextmanager
    def for_grader(self) -> Iterator[int]:
        """The descriptor that a new grader kernel inherits; links reach it through that."""
        ours, theirs = socket.socketpair()
        if self._to_grader is not None:
            self._to_grader.close()
        self._to_grader, self.number = ours, 0
        self._send()
        with theirs:
            yield theirs.fileno()

    def close(self) -> None:
        """Close this process's ends."""
        for end in (self._to_grader, self._newest):
            if end is not None:
                end.close()

    def _send(self) -> None:
        if self._to_grader is not None and self._newest is not None:
            self.number += 1
            # A grader kernel that is gone is noticed elsewhere.
            with suppress(OSError):
                socket.send_fds(self._to_grader, [b"L"], [self._newest.fileno()])


def _awarded(name: str, maximum: float, awards: list[Any], message: str) -> Verdict:
    given = tuple((float(points), str(reason)) for points, reason in awards)
    points = bounded(sum(value for value, _ in given), maximum)
    status = Status.PASSED if points == maximum else Status.PARTLY if points > 0 else Status.FAILED
    return Verdict(name, points, maximum, status, message, awards=given)


def _of_value(name: str, maximum: float, value: str) -> Verdict:
    """The verdict on a test cell that came to its end: nbgrader takes the number in its last line for the points."""
    if not value:
        return Verdict(name, maximum, maximum, Status.PASSED)
    points = float(value)
    if not 0 <= points <= maximum:
        words = f"its last line came to {points:g}, which is no number of points from 0 to {maximum:g}"
        return Verdict(name, None, maximum, Status.GRADER_ERROR, f"The test itself is at fault: {words}.")
    if points == maximum:
        return Verdict(name, points, maximum, Status.PASSED)
    status = Status.PARTLY if points > 0 else Status.FAILED
    return Verdict(name, points, maximum, status, f"The test gave {points:g} of {maximum:g} points.")


def _message(content: dict[str, Any]) -> str:
    """The error of a test in words; of a claim that failed, its own words only."""
    error, message = content["error"], content["message"]
    if error in ("", "ClaimFailed", "Ungradable"):
        return message
    return f"{error}: {message}" if message else error


def _is_reply(content: dict[str, Any]) -> bool:
    words = ("status", "error", "message", "failure", "blame", "missing", "value", "student_traceback")
    return all(isinstance(content.get(word), str) for word in words) and isinstance(
        content.get("awards"), list
    )


def _leaves(content: dict[str, Any]) -> bool:
    """Whether the cell asked its kernel to end, as ``exit()`` does."""
    payload = content.get("payload")
    return isinstance(payload, list) and any(
        isinstance(item, dict) and item.get("source") == "ask_exit" for item in payload
    )


def _called(cell: NotebookNode, notebook: NotebookNode) -> str:
    name = grade_id(cell)
    if name:
        return f"The cell {name}"
    place = next(number for number, other in enumerate(notebook.cells, start=1) if other is cell)
    return f"Cell {place}"


def _error(name: str, message: str) -> NotebookNode:
    return new_output("error", ename=name, evalue=message, traceback=[f"{name}: {message}"])


def _kernel_died() -> NotebookNode:
    return _error(KERNEL_DIED, "This cell ended its kernel; a fresh one went on with the next cell.")

"""The program that runs in the sandbox: it closes the walls, unpacks the submission's files and becomes the kernel."""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
from typing import Any

from assay.kernels import walls

_CLASSES = {
    "plain": "ipykernel.ipkernel:IPythonKernel",
    "student": "assay.kernels.student:StudentKernel",
    "grader": "assay.kernels.grader:GraderKernel",
}
# One module of the standard library and one of the environment, for a first try.
_EXAMPLES = ("asyncio", "zmq")
# What the kernel imports only when it needs it: a file of the same name in a submission must not come first.
_OURS = ("comm", "IPython.core.completer", "IPython.core.magics", "ipykernel.displayhook")


def main() -> None:
    """Run the kernel that the settings describe; the one argument is the descriptor that holds them."""
    settings = _read_settings(int(sys.argv[1]))
    if settings["modules"] is not None:
        settings = _in_a_fork(settings)
    elif settings["isolation"] != "bubblewrap":
        _supervise_a_child(settings)
    built = _build_walls(settings)
    if settings["probe"]:
        # A private user may be unable to read what the interpreter is made of.
        for name in _EXAMPLES:
            importlib.import_module(name)
        print(json.dumps(built))
        return
    _unpack(settings["files"], settings["content"], settings["scratch"])
    _run_kernel(settings)


def _in_a_fork(warm: dict[str, Any]) -> dict[str, Any]:
    """Be the warm process; goes on in its forks only, with the settings of their kernels."""
    from assay.kernels.forking import serve

    os.umask(0o077)
    os.mkdir(os.path.join(warm["scratch"], "home"))
    _unpack(warm["files"], warm["content"], warm["scratch"])
    kernel, _, _ = _CLASSES[warm["role"]].partition(":")
    descriptor, content, *links = serve(
        ("ipykernel.kernelapp", "ipykernel.zmqshell", kernel, *_OURS, *warm["modules"])
    )
    settings = _read_settings(descriptor)
    os.environ.clear()
    os.environ.update(settings["environment"])
    os.environ.update({name: str(number) for name, number in zip(settings["linked"], links, strict=True)})
    return {**settings, "content": content}


def _read_settings(descriptor: int) -> dict[str, Any]:
    with os.fdopen(descriptor, encoding="utf-8") as file:
        settings: dict[str, Any] = json.load(file)
    return settings


def _build_walls(settings: dict[str, Any]) -> dict[str, Any]:
    """Close everything that this tier promises; an error ends the process before it has read a submission."""
    tier, user, limits = settings["isolation"], settings["user"], settings["limits"]
    os.umask(0o077)
    others = 0
    if user is not None:
        walls.become(user)
    elif tier == "landlock":
        others = _threads_of(os.getuid())
    if tier != "none":
        walls.drop_capabilities()
    for name in ("work", "home", "tmp"):
        os.mkdir(os.path.join(settings["scratch"], name))
    # Becoming another user forgets it.
    if tier != "bubblewrap":
        walls.die_with_parent(signal.SIGKILL)
    if tier == "none":
        return {"landlock": 0, "calls": False}
    walls.no_new_privileges()
    walls.set_limits(limits, others=others)
    if tier == "bubblewrap":
        # What is mounted is all that may be seen; what remains to be said is where to write.
        abi = walls.close_the_land(
            read=["/"],
            write=[settings["scratch"], "/dev/shm"],
            devices=["/dev/null", "/dev/full", "/dev/tty", "/dev/ptmx", "/dev/pts"],
            sockets=settings["sockets"],
        )
    else:
        abi = walls.close_the_land(
            read=settings["read"],
            write=[settings["scratch"]],
            devices=settings["devices"],
            sockets=settings["sockets"],
        )
    filtered = walls.filter_calls(without_namespaces=tier == "landlock")
    return {"landlock": abi, "calls": filtered}


def _threads_of(user: int) -> int:
    """How many threads this user runs now: the machine counts them together with those of the sandbox."""
    count = 0
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                if os.stat(f"/proc/{name}").st_uid == user:
                    count += len(os.listdir(f"/proc/{name}/task"))
            except OSError:
                continue
    return count


def _unpack(files: list[tuple[str, int]], content: int, scratch: str) -> None:
    """Make the files; those of the submission are in the folder ``work``."""
    with os.fdopen(content, "rb") as source:
        for name, size in files:
            path = os.path.join(scratch, name)
            if size < 0:
                os.makedirs(path, exist_ok=True)
                continue
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "xb") as target:
                while size > 0:
                    block = source.read(min(size, 1 << 20))
                    if not block:
                        raise EOFError(f"The content of {name} is incomplete.")
                    target.write(block)
                    size -= len(block)


def _run_kernel(settings: dict[str, Any]) -> None:
    # Nothing of a submission is in the folder where programs look for settings at their start.
    os.chdir(os.path.join(settings["scratch"], "home"))
    connection = dict(settings["connection"], ip=os.path.join(settings["sockets"], "k"))
    path = os.path.join(settings["scratch"], "home", "kernel.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(connection, file)

    from ipykernel.kernelapp import IPKernelApp

    for name in _OURS:
        importlib.import_module(name)
    module, _, kernel_class = _CLASSES[settings["role"]].partition(":")
    app = IPKernelApp.instance(
        kernel_class=getattr(importlib.import_module(module), kernel_class),
        connection_file=path,
        ignore_cwd=True,
        exec_PYTHONSTARTUP=False,
        log_level=50,
    )
    app.initialize(["--HistoryManager.hist_file=:memory:"])
    _close_the_debugger(app)
    os.unlink(path)
    work = os.path.join(settings["scratch"], "work")
    os.chdir(work)
    # Now that all of ours is loaded, the submission's own modules can be imported, as where it was written.
    sys.path.insert(0, work)
    app.start()


def _close_the_debugger(app: Any) -> None:
    """Nobody debugs here, and where connections are refused its socket would try for ever."""
    if app.debug_shell_socket is not None:
        app.debug_shell_socket.disconnect(app.shell_socket.last_endpoint.rstrip(b"\0").decode())


# Without namespaces: a parent that ends everything


def _supervise_a_child(settings: dict[str, Any]) -> None:
    """Go on in a child; the parent stays outside the walls, and kills all that is below it when it is told to end."""
    walls.adopt_orphans()
    # Before the fork: a signal in between must not end the parent alone.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGCHLD})
    walls.die_with_parent(signal.SIGTERM)
    child = os.fork()
    if child == 0:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGCHLD})
        return
    for descriptor in [*settings["links"], settings["content"]]:
        os.close(descriptor)
    status = 0
    while True:
        received = signal.sigtimedwait({signal.SIGTERM, signal.SIGCHLD}, 0.5)
        ended, result = _reap(child)
        if ended:
            status = os.waitstatus_to_exitcode(result)
            break
        if received is not None and received.si_signo == signal.SIGTERM:
            status = -signal.SIGTERM
            break
        if os.getppid() != settings["starter"]:
            break
    _kill_all_below(settings["user"])
    os._exit(status if status >= 0 else 128 - status)


def _reap(child: int) -> tuple[bool, int]:
    """Collect every process that ended; whether the child is among them, and its status."""
    found, status = False, 0
    while True:
        try:
            number, result = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return True, status
        if number == 0:
            return found, status
        if number == child:
            found, status = True, result


def _kill_all_below(user: int | None) -> None:
    """Kill every descendant; orphans become our children, so nothing can leave."""
    from assay.kernels.processes import descendants

    while True:
        if user is not None:
            killer = os.fork()
            if killer == 0:
                try:
                    walls.become(user)
                    # All of this user at once: a process that forks for ever cannot run ahead.
                    os.kill(-1, signal.SIGKILL)
                finally:
                    os._exit(0)
        below = descendants(os.getpid())
        for number in below:
            try:
                os.kill(number, signal.SIGKILL)
            except ProcessLookupError:
                continue
        try:
            while os.waitpid(-1, os.WNOHANG if below else 0)[0]:
                pass
        except ChildProcessError:
            return


if __name__ == "__main__":
    main()

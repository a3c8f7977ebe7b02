"""Starts Jupyter kernels in a sandbox: the provisioner that jupyter_client calls, and a manager that needs no kernelspec."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning import KernelProvisionerBase
from traitlets import Any as AnyValue
from traitlets import Dict, Unicode

from assay.errors import AssayError
from assay.kernels import processes, warm
from assay.kernels.isolation import Limits, Sandbox, Tier, choose
from assay.kernels.launching import Launch

KERNEL_NAME, WARM_NAME = "assay-sandbox", "assay-warm"


def make_manager(sandbox: Sandbox, **traits: Any) -> KernelManager:
    """A manager whose ``start_kernel()`` starts a kernel in this sandbox.

    It looks for no kernelspec on the disk. After ``shutdown_kernel(now=True)`` no process, folder or socket is left.
    The tier is chosen here, so that what is wrong with it is known before anything starts.
    """
    if sandbox.tier is None:
        sandbox = replace(sandbox, tier=choose())
    name = KERNEL_NAME if sandbox.warm is None else WARM_NAME
    spec = KernelSpec(
        argv=["python", "{connection_file}"],
        display_name="Python in a sandbox",
        language="python",
        interrupt_mode="message",
        metadata={"kernel_provisioner": {"provisioner_name": name, "config": {"sandbox": sandbox}}},
    )
    return KernelManager(kernel_name=name, kernel_spec_manager=_OneSpec(spec), transport="ipc", **traits)


class _OneSpec(KernelSpecManager):
    """Knows one kernelspec, and looks for none."""

    def __init__(self, spec: KernelSpec) -> None:
        super().__init__()
        self._spec = spec

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """The one."""
        return self._spec


class SandboxProvisioner(KernelProvisionerBase):
    """Starts and ends one kernel in its sandbox.

    Named by the kernelspec ``assay-sandbox`` it serves every client of Jupyter; the files of the sandbox are then those
    of the working directory that the client names.
    """

    sandbox = AnyValue(
        None, allow_none=True, help="The assay.kernels.Sandbox; made from the other two when None."
    )
    limits: Any = Dict(help="Limits by name, as in assay.kernels.Limits.").tag(config=True)
    isolation = Unicode("", help="Force a tier by its name.").tag(config=True)

    _launch: Launch | None = None
    _ended: int | None = None

    @property
    def has_process(self) -> bool:
        """Whether there is a process to wait for."""
        return self._launch is not None and self._launch.process is not None and self._ended is None

    async def poll(self) -> int | None:
        """None while the kernel runs, else the status that it ended with."""
        process = self._launch.process if self._launch else None
        return 0 if process is None else process.poll()

    async def wait(self) -> int | None:
        """Wait for the end of the kernel."""
        while await self.poll() is None:
            await asyncio.sleep(0.01)
        status = await self.poll()
        self._ended = 0 if status is None else status
        if self._launch is not None:
            self._launch.end()
        return status

    async def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel process; one that ends it ends the whole sandbox."""
        if signum in (signal.SIGKILL, signal.SIGTERM):
            await self.kill()
        elif self._launch is not None:
            for number in self._launch.processes()[:1]:
                processes.send(number, signum)

    async def kill(self, restart: bool = False) -> None:
        """Kill every process in the sandbox."""
        if self._launch is not None:
            self._launch.end()

    async def terminate(self, restart: bool = False) -> None:
        """Kill every process in the sandbox: a submission has nothing to tidy up."""
        await self.kill(restart)

    async def cleanup(self, restart: bool = False) -> None:
        """Remove the folders of the sandbox."""
        if self._launch is not None:
            self._launch.close()
            self._launch = None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Make the folders and the connection; environment and command of the caller are not used."""
        manager = self.parent
        if manager is None:
            raise AssayError("A sandboxed kernel needs a kernel manager: start it with jupyter_client.")
        sandbox = self.sandbox or self._sandbox_of_kernelspec(kwargs.get("cwd"))
        if self._launch is not None:
            self._launch.close()
        self._launch, self._ended = self._new_launch(sandbox, sandbox.tier or choose()), None
        # The network of the sandbox is its own: only sockets in a folder lead out of it.
        manager.transport = "ipc"
        manager.ip = self._launch.address
        manager.connection_file = str(self._launch.connection_file)
        for name in ("shell_port", "iopub_port", "stdin_port", "hb_port", "control_port"):
            setattr(manager, name, 0)
        manager.write_connection_file()
        self.connection_info = manager.get_connection_info()
        return {"cmd": ["assay.kernels.start"]}

    def _new_launch(self, sandbox: Sandbox, tier: Tier) -> Launch:
        return Launch(sandbox, tier)

    def _sandbox_of_kernelspec(self, folder: str | None) -> Sandbox:
        try:
            limits = Limits(**self.limits)
        except TypeError as error:
            raise AssayError(
                f"The kernelspec {KERNEL_NAME} has a limit that is not known: {error}."
            ) from error
        return Sandbox(
            files=Path(folder) if folder else None, limits=limits, tier=choose(self.isolation or None)
        )

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel."""
        assert self._launch is not None
        information: Mapping[str, Any] = json.loads(self._launch.connection_file.read_text(encoding="utf-8"))
        self._launch.start(dict(information))
        return self.connection_info

    # Beyond what Jupyter knows

    @property
    def reason(self) -> str:
        """Why the sandbox was ended for going beyond its limits as a whole; "" when it was not."""
        return self._launch.reason if self._launch else ""

    def stragglers(self) -> int:
        """How many processes run in the sandbox besides the kernel process."""
        return len(self._stragglers())

    def kill_stragglers(self, patience: float = 2.0) -> int:
        """Kill every process in the sandbox but the kernel process; the number that was killed.

        A process may start another one while it is being killed, so this looks again until there is none, or until
        ``patience`` seconds are over.
        """
        deadline = time.monotonic() + patience
        killed: set[int] = set()
        while found := self._stragglers():
            for number in found:
                processes.kill(number)
            killed.update(found)
            if time.monotonic() > deadline:
                break
            time.sleep(0.002)
        return len(killed)

    def _stragglers(self) -> list[int]:
        if self._launch is None:
            return []
        found = self._launch.processes()
        kernel = self._launch.kernel_process()
        return [number for number in found if number != kernel and not processes.is_dead(number)]


class WarmProvisioner(SandboxProvisioner):
    """Starts kernels as forks of a process that is kept, where this machine lets it; see `assay.kernels.warm`."""

    def _new_launch(self, sandbox: Sandbox, tier: Tier) -> Launch:
        return warm.launch(sandbox if sandbox.warm is not None else replace(sandbox, warm=()), tier)

"""Jupyter kernels in a sandbox: how strong a machine can make it, and a kernel manager that starts a kernel in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assay.kernels.isolation import Isolation, Limits, Sandbox, Tier, choose
    from assay.kernels.provisioner import SandboxProvisioner, make_manager

__all__ = ["Isolation", "Limits", "Sandbox", "SandboxProvisioner", "Tier", "choose", "make_manager"]


def __getattr__(name: str) -> Any:
    # The program in the sandbox is a module of this package and must not load the client of Jupyter to start.
    if name in ("SandboxProvisioner", "make_manager"):
        from assay.kernels import provisioner

        return getattr(provisioner, name)
    if name in __all__:
        from assay.kernels import isolation

        return getattr(isolation, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

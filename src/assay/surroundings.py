"""What installed packages of a course need inside the sandbox: folders that can be read, and environment variables.

A package names a function without parameters under the entry point ``assay.surroundings``; see `Surroundings`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path

from assay.errors import AssayError

GROUP = "assay.surroundings"


@dataclass(frozen=True)
class Surroundings:
    """What every kernel of a grading finds, the student's and the grader's.

    Attributes
    ----------
    read_only
        Files and folders that a kernel can read and not change, at the same place as outside: a cache of data, say.
        What does not exist is left out. A submission sees them, so they hold no solution.
    environment
        Environment variables.
    """

    read_only: tuple[Path, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)

    def joined(self, other: Surroundings) -> Surroundings:
        """These and others; the other's variables go before these."""
        return Surroundings(
            (*self.read_only, *other.read_only), {**dict(self.environment), **dict(other.environment)}
        )


def of_installed_packages() -> Surroundings:
    """What the installed packages ask for.

    Raises
    ------
    AssayError
        When a package's function fails or returns something else than `Surroundings`' two parts.
    """
    found = Surroundings()
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        try:
            read_only, environment = point.load()()
            wanted = Surroundings(
                tuple(place for place in map(Path, read_only) if place.exists()),
                {str(name): str(value) for name, value in environment.items()},
            )
        except Exception as error:
            raise AssayError(
                f"The package behind {point.value!r} does not say what its notebooks need in the sandbox "
                f"({type(error).__name__}: {error}); mend it or uninstall it."
            ) from error
        found = found.joined(wanted)
    return found

"""What marks follow from besides a submission and its master: Python, the packages that run them, and the grader itself."""

from __future__ import annotations

import hashlib
import platform
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from nbformat import NotebookNode
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from assay.names import imported_modules
from assay.surroundings import GROUP

#: What runs every notebook, whatever it imports.
RUNNERS = ("ipykernel", "nbformat", "nbgrader")


def versions_of(master: NotebookNode) -> dict[str, str]:
    """The versions of everything that the cells of a master import, and of what these packages require in turn.

    Packages that are no installed distributions, the grader and packages of a course (those with an entry point
    ``assay.surroundings``) count by a digest of their source: their version does not change with each of their lines.
    """
    code = [cell.source for cell in master.cells if cell.cell_type == "code"]
    return dict(_versions(imported_modules(code)))


def digest_of(versions: Mapping[str, str]) -> str:
    """A short name for these versions."""
    listed = "\n".join(f"{name} {version}" for name, version in sorted(versions.items()))
    return hashlib.sha256(listed.encode()).hexdigest()


def different(here: Mapping[str, str], there: Mapping[str, str]) -> list[str]:
    """What differs, a few words each: ``numpy 2.1.0 and not 2.2.0``."""
    return [
        f"{name} {_called(there.get(name))} and not {_called(here.get(name))}"
        for name in sorted({*here, *there})
        if here.get(name) != there.get(name)
    ]


def _called(version: str | None) -> str:
    return "missing" if version is None else version


@cache
def _versions(modules: tuple[str, ...]) -> dict[str, str]:
    providers = metadata.packages_distributions()
    by_source = {"assay", *(point.module.partition(".")[0] for point in metadata.entry_points(group=GROUP))}
    tops = {module.partition(".")[0] for module in modules} - set(sys.stdlib_module_names)
    found = {"python": platform.python_version()}
    for name in sorted(tops | by_source):
        if name in by_source or name not in providers:
            digest = _source_digest(name)
            if digest:
                found[name] = f"of source {digest}"
    roots = [name for top in tops - by_source for name in providers.get(top, ())]
    found.update(_required([*RUNNERS, *roots]))
    return found


def _required(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """These distributions and those that they require, extras left out, with their versions; what is not installed is left out."""
    left, seen = [canonicalize_name(name) for name in names], set()
    while left:
        name = left.pop()
        if name in seen:
            continue
        seen.add(name)
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        yield name, distribution.version
        for line in distribution.requires or ():
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                left.append(canonicalize_name(requirement.name))


def _source_digest(module: str) -> str:
    """A digest of the Python files of a package or module, or nothing when it is not there."""
    spec = find_spec(module)
    if spec is None:
        return ""
    if spec.submodule_search_locations:
        files = [
            (str(path.relative_to(place)), path)
            for place in spec.submodule_search_locations
            for path in sorted(Path(place).rglob("*.py"))
        ]
    else:
        files = [(module, Path(spec.origin or ""))]
    digest = hashlib.sha256()
    for name, path in files:
        digest.update(f"{name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]

"""What holds for every test."""

import functools
import sys

import pytest


@pytest.fixture(autouse=True)
def ask_alembic_once():
    """nbgrader starts alembic for each new gradebook, two seconds each, to be told the same version."""
    api = sys.modules.get("nbgrader.api")
    if api is not None and not hasattr(api.get_alembic_version, "cache_info"):
        api.get_alembic_version = functools.cache(api.get_alembic_version)


def pytest_collection_modifyitems(items):
    """Refuse a test whose name has an address in it: it differs from process to process, and xdist runs none then."""
    named = [item.nodeid for item in items if " at 0x" in item.nodeid]
    if named:
        raise pytest.UsageError(f"Give the parameter an id, its name is an address: {named[0]}")

"""What holds for every test."""

import pytest


def pytest_collection_modifyitems(items):
    """Refuse a test whose name has an address in it: it differs from process to process, and xdist runs none then."""
    named = [item.nodeid for item in items if " at 0x" in item.nodeid]
    if named:
        raise pytest.UsageError(f"Give the parameter an id, its name is an address: {named[0]}")

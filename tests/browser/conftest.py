"""Makes the helper modules of these tests importable, and shows what the browser showed when one of them fails."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import screenshots


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Save what every open page shows, and append the end of the server's log to the report."""
    report = yield
    if report.failed and Path(__file__).parent in item.path.parents:
        folder = Path(os.environ.get("ASSAY_SCREENSHOTS_OF_FAILURES", ".pytest_cache/browser")).resolve()
        report.sections += screenshots.of_failure(folder, item.name)
    return report

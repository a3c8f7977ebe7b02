"""assay: builds nbgrader assignments, grades submissions and says what it saw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assay.single import grade_notebook

__version__ = "0.1.0"
__all__ = ["grade_notebook"]


def __getattr__(name: str) -> Any:
    # Students have `assay.checks` without the packages that grading needs.
    if name == "grade_notebook":
        from assay.single import grade_notebook

        return grade_notebook
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

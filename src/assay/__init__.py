"""assay: builds nbgrader assignments, grades submissions and says what it saw."""

__version__ = "0.1.0"

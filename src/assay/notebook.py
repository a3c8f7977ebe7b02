"""A submitted notebook, from untrusted bytes to a notebook that is safe to run: the names that others import."""

from __future__ import annotations

from assay.rebuild import Rebuilt, likeness, rebuild, released_source
from assay.submission import (
    IntakeLimits,
    MissingNotebook,
    Submission,
    SubmittedFile,
    list_files,
    read_submission,
    write_files,
)
from assay.untrusted import (
    NotebookLimits,
    SubmittedCell,
    SubmittedNotebook,
    Unreadable,
    parse_file,
    parse_notebook,
    submitted_notebook,
)

__all__ = [
    "IntakeLimits",
    "MissingNotebook",
    "NotebookLimits",
    "Rebuilt",
    "Submission",
    "SubmittedCell",
    "SubmittedFile",
    "SubmittedNotebook",
    "Unreadable",
    "likeness",
    "list_files",
    "parse_file",
    "parse_notebook",
    "read_submission",
    "rebuild",
    "released_source",
    "submitted_notebook",
    "write_files",
]

"""The stamp in a master notebook, which tells whether it was edited since it was built, and its way out of the release.

A module of its own because nbgrader's preprocessors take seconds to import.
"""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

KEY = "assay"


class DropBuildStamp(NbGraderPreprocessor):
    """Take the build stamp out of a notebook; belongs first into ``c.GenerateAssignment.preprocessors``."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Return the notebook without its stamp."""
        nb.metadata.pop(KEY, None)
        return nb, resources

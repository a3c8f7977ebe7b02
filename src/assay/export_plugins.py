"""The same tables for ``nbgrader export --exporter=assay.export_plugins.Canvas --to FILE``."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin
from traitlets import Bool

from assay.export import read_marks, remarks, table, write


class _Export(ExportPlugin):
    """What the exporters share."""

    layout: ClassVar[str]

    count_waiting_as_zero = Bool(
        False, help="Write the points so far where something waits, and 0 where nothing was handed in."
    ).tag(config=True)

    def export(self, gradebook: Gradebook) -> None:
        """Write the marks to ``to``."""
        marks = read_marks(
            gradebook,
            [str(name) for name in self.assignment],
            [str(student) for student in self.student],
            waiting_as_zero=self.count_waiting_as_zero,
        )
        path = Path(self.to or f"grades-{self.layout}.csv")
        write(path, table(self.layout, marks))
        self.log.info("The marks of %d students are in %s.", len(marks.people), path)
        for sentence in remarks(self.layout, marks):
            self.log.warning(sentence)


class Csv(_Export):
    """All that is known of each submission, for a spreadsheet."""

    layout = "csv"


class Canvas(_Export):
    """For the import of Canvas's gradebook."""

    layout = "canvas"


class Moodle(_Export):
    """For the grade import of Moodle."""

    layout = "moodle"


class Ilias(_Export):
    """For the status file of an ILIAS exercise."""

    layout = "ilias"

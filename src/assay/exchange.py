"""Releasing feedback through nbgrader's exchange when some of a class have handed in another way."""

from __future__ import annotations

import re
from glob import glob
from pathlib import Path

from nbgrader.exchange.default import ExchangeReleaseFeedback

#: What nbgrader's exchange puts beside a submission, and copies from there to its feedback.
OF_THE_EXCHANGE = ("timestamp.txt", "submission_secret.txt")


class ReleaseFeedback(ExchangeReleaseFeedback):
    """nbgrader's own, which stops with an exception at the first student whose submission did not come through the exchange.

    Such students are left out and named: their feedback is handed over as their submission was handed in.
    """

    def copy_files(self) -> None:
        """Release the feedback of all the others."""
        others = self._not_from_the_exchange()
        if others:
            self.log.warning(
                "Not released, because they did not submit through the exchange: %s. Give them the files in %s yourself.",
                ", ".join(others),
                f"{self.coursedir.feedback_directory}/<student>/{self.coursedir.assignment_id}",
            )
        before = self.coursedir.student_id_exclude
        self.coursedir.student_id_exclude = ",".join([*filter(None, [before]), *others])
        try:
            super().copy_files()
        finally:
            self.coursedir.student_id_exclude = before

    def _not_from_the_exchange(self) -> list[str]:
        place = self.coursedir.format_path(
            self.coursedir.feedback_directory, "(?P<student>.*)", self.coursedir.assignment_id, escape=True
        )
        folders = {
            match["student"]: folder
            for folder in glob(self.src_path)
            if (match := re.fullmatch(place, folder))
        }
        return sorted(
            student
            for student, folder in folders.items()
            if not all(Path(folder, name).is_file() for name in OF_THE_EXCHANGE)
        )

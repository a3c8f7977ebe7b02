"""Where things are in a course: one folder with an ``nbgrader_config.py`` and nbgrader's folders beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay.errors import AssayError

CONFIG_NAME = "nbgrader_config.py"


@dataclass(frozen=True)
class Course:
    """A course folder; every path that assay reads or writes starts here."""

    root: Path

    @classmethod
    def at(cls, folder: Path | str = ".") -> Course:
        """Open the course in ``folder``.

        Raises
        ------
        AssayError
            When the folder holds no ``nbgrader_config.py``.
        """
        root = Path(folder).resolve()
        if not (root / CONFIG_NAME).is_file():
            raise AssayError(
                f"{root} holds no {CONFIG_NAME}: run assay in the folder of the course, or name it with --course."
            )
        return cls(root)

    def text(self, assignment: str) -> Path:
        """The py:percent text of an assignment, the only notebook text that is edited by hand."""
        return self.root / "source" / f"{assignment}.py"

    def source(self, assignment: str) -> Path:
        """The folder that nbgrader takes the master notebook and the students' data from."""
        return self.root / "source" / assignment

    def master(self, assignment: str) -> Path:
        """The master notebook, built from the text."""
        return self.source(assignment) / f"{assignment}.ipynb"

    def masters(self, assignment: str) -> list[Path]:
        """Every notebook of an assignment: `assay build` makes one, and other courses may have several, called as they like."""
        return sorted(self.source(assignment).glob("*.ipynb"))

    def release(self, assignment: str) -> Path:
        """The folder that students get."""
        return self.root / "release" / assignment

    def solution(self, assignment: str) -> Path:
        """The folder of the solved and executed notebook."""
        return self.root / "solutions" / assignment

    def assignments(self) -> list[str]:
        """Names of all assignments that have a text, in alphabetical order."""
        return sorted(path.stem for path in (self.root / "source").glob("*.py"))

    def known_assignments(self) -> list[str]:
        """Names of all assignments that have a text or a folder of masters, in alphabetical order."""
        folders = {path.name for path in (self.root / "source").glob("[!.]*") if path.is_dir()}
        return sorted(folders | set(self.assignments()))

    def submitters(self, assignment: str) -> list[str]:
        """The students whose submission of an assignment lies in the course's folder, graded or not, in alphabetical order."""
        submitted = self.config().CourseDirectory.get("submitted_directory", "submitted")
        return sorted(
            path.parent.name for path in (self.root / submitted).glob(f"[!.]*/{assignment}") if path.is_dir()
        )

    def chosen(self, names: list[str]) -> list[str]:
        """``names``, or all assignments when none is named.

        Raises
        ------
        AssayError
            When an assignment has no text, or the course has no assignment at all.
        """
        known = self.assignments()
        if not known:
            raise AssayError(
                f"{self.root / 'source'} holds no assignment: write one as source/<assignment>.py first."
            )
        for name in names:
            if name not in known:
                raise AssayError(f"There is no assignment {name!r}; the course has {', '.join(known)}.")
        return names or known

    def config(self) -> Any:
        """The traitlets configuration of the course, with this folder as its root."""
        from traitlets.config import PyFileConfigLoader

        config = PyFileConfigLoader(CONFIG_NAME, path=str(self.root)).load_config()
        config.CourseDirectory.root = str(self.root)
        return config

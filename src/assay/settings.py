"""The settings of nbgrader that put assay under a course, in one place: for courses that ``assay build`` builds, and for those that ``assay init`` was run in."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any


def apply(c: Any) -> None:
    """Have nbgrader grade by assay, on its command line, in formgrader and in ``assay grade`` alike.

    Parameters
    ----------
    c
        The configuration, as ``get_config()`` gives it in an ``nbgrader_config.py``. What stands after the call goes before it.
    """
    # nbgrader starts alembic by its name, which is not found when this environment is used without being activated.
    programs = str(Path(sys.executable).parent)
    if programs not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = programs + os.pathsep + os.environ.get("PATH", "")

    # assay's intake reads every submission as data and rebuilds it on the master before nbgrader touches it. Naming its exporter
    # brings it in wherever an Autograde is made: on the command line, by formgrader's button, by assay grade.
    c.Autograde.exporter_class = "assay.intake.IntakeExporter"

    # A rebuilt notebook has the master's cells, metadata and kernelspec, and no outputs. OverwriteCells stays for the checksums of
    # what was handed out, by which nbgrader knows an answer that was not given.
    c.Autograde.sanitize_preprocessors = [
        "assay.intake.RequireIntake",
        "nbgrader.preprocessors.OverwriteCells",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]

    # ExecuteInTwoKernels stands in for Execute: hidden tests never enter the student's process, and that process is in a sandbox.
    # SaveVerdicts stands in for SaveAutoGrades, which reads marks off printed output.
    c.Autograde.autograde_preprocessors = [
        "assay.execute.ExecuteInTwoKernels",
        "nbgrader.preprocessors.IgnorePattern",
        "nbconvert.preprocessors.ClearMetadataPreprocessor",
        "nbgrader.preprocessors.LimitOutput",
        "assay.gradebook.SaveVerdicts",
        "nbgrader.preprocessors.AssignLatePenalties",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]

    # ShowVerdicts takes out hidden tests, rubrics and whatever was printed while grading; nbgrader would show them all. The exporter
    # brings the page's template; c.FeedbackExporter.template_name chooses another.
    c.GenerateFeedback.exporter_class = "assay.feedback.FeedbackExporter"
    c.GenerateFeedback.preprocessors = ["nbgrader.preprocessors.GetGrades", "assay.feedback.ShowVerdicts"]

    # A student who handed in by e-mail has no place in the exchange: nbgrader's own plugin stops at the first of them.
    c.ExchangeFactory.release_feedback = "assay.exchange.ReleaseFeedback"

    # formgrader's page asks a server in the network for MathJax, whatever mathjax_url says. With assay's template before nbgrader's it
    # asks its own server, where that has MathJax from the package jupyter-server-mathjax: formulas are set offline, and nobody else is told.
    nbgrader = find_spec("nbgrader")
    if find_spec("jupyter_server_mathjax") and nbgrader and nbgrader.origin:
        c.HTMLExporter.extra_template_basedirs = [
            str(Path(__file__).parent / "templates"),
            str(Path(nbgrader.origin).parent / "server_extensions" / "formgrader" / "templates"),
        ]


def apply_to_built_course(c: Any) -> None:
    """Have nbgrader treat masters as ``assay build`` makes them, in the folders that it writes.

    Parameters
    ----------
    c
        The configuration, as for `apply`.
    """
    # The folder of solved notebooks is called as the page on the repository's layout says, not "solution".
    c.CourseDirectory.solution_directory = "solutions"

    # What editors, systems and kernels leave in a folder reaches neither a student nor a grader.
    c.CourseDirectory.ignore = [
        ".ipynb_checkpoints",
        "*.pyc",
        "__pycache__",
        "feedback",
        ".*",
        "*~",
        "*.bak",
        "*.log",
        "*.tmp",
        "logs",
        "Thumbs.db",
        "desktop.ini",
    ]

    # The first preprocessor takes the mark of `assay build` out of the master; the others are nbgrader's own.
    c.GenerateAssignment.preprocessors = [
        "assay.build.DropBuildStamp",
        "nbgrader.preprocessors.IncludeHeaderFooter",
        "nbgrader.preprocessors.InstantiateTests",
        "nbgrader.preprocessors.LockCells",
        "nbgrader.preprocessors.ClearSolutions",
        "nbgrader.preprocessors.ClearOutput",
        "nbgrader.preprocessors.CheckCellMetadata",
        "nbgrader.preprocessors.ComputeChecksums",
        "nbgrader.preprocessors.SaveCells",
        "nbgrader.preprocessors.ClearHiddenTests",
        "nbgrader.preprocessors.ClearMarkScheme",
        "nbgrader.preprocessors.ComputeChecksums",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]

    # A rubric stands in the locked cell of its question: nbgrader restores it when grading, so a marker sees it in the formgrader.
    c.ClearMarkScheme.enforce_metadata = False

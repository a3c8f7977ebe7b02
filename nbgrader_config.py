"""nbgrader's settings for this course, for its command line, for JupyterLab's formgrader and for assay alike."""

import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821 - traitlets puts it here

# nbgrader starts alembic by its name, which is not found when this environment is used without being activated.
PROGRAMS = str(Path(sys.executable).parent)
if PROGRAMS not in os.environ.get("PATH", "").split(os.pathsep):
    os.environ["PATH"] = PROGRAMS + os.pathsep + os.environ.get("PATH", "")

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

# RepairCells stands in for DeduplicateIds, which stops the whole class at one copied cell, and puts deleted cells back.
c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.ClearOutput",
    "assay.intake.RepairCells",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# ExecuteToTheEnd stands in for Execute: a cell that hangs or kills its kernel costs itself, not the marks of the others.
c.Autograde.autograde_preprocessors = [
    "assay.execute.ExecuteToTheEnd",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# ShowVerdicts takes out hidden tests, rubrics and whatever was printed while grading; nbgrader would show them all.
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "assay.feedback.ShowVerdicts",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]

# A cell of these assignments ends within a second or two; one that does not end costs this many seconds.
c.Execute.timeout = 10

# A busy machine may take long to start a kernel; that is no student's fault.
c.Execute.startup_timeout = 120

# The notebook of a submission never chooses which program runs it.
c.Execute.kernel_name = "python3"

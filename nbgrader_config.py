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

# A cell ends within a second or two; one that does not end costs this many seconds. The first cell of an assignment that imports
# TensorFlow takes eight seconds on a cold machine, and more when other kernels do the same.
c.ExecuteInTwoKernels.cell_seconds = 10
c.ExecuteInTwoKernels.cell_seconds_of = {"mnist_mlp": 60, "newspaper_cnn": 60}

# These three hold for Validate, which runs a student's own notebook as nbgrader does.
c.Execute.timeout = 120
c.Execute.startup_timeout = 120
c.Execute.kernel_name = "python3"

"""nbgrader's settings for this course, for its command line, for JupyterLab's formgrader and for assay alike."""

from pathlib import Path

from assay import settings

c = get_config()  # noqa: F821 - traitlets puts it here

# assay reads submissions before nbgrader, runs them in two kernels, records verdicts and writes feedback: each of these settings
# has its reason beside it in src/assay/settings.py, from where `assay init` puts them under other courses, too.
settings.apply(c)

# nbgrader's own exchange has to be made by an administrator. This one serves one person who tries the whole way (`make lab`);
# for a class, name the folder that instructor and students share.
COURSE = Path(__file__).resolve().parent
c.CourseDirectory.course_id = "descent"
c.Exchange.root = str(COURSE / "exchange" / "shared")
c.Exchange.cache = str(COURSE / "exchange" / "cache")
c.Exchange.assignment_dir = str(COURSE / "exchange" / "student")

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

# A cell ends within a second or two; one that does not end costs this many seconds. The first cell of an assignment that imports
# TensorFlow takes eight seconds on a cold machine, and more when other kernels do the same.
c.ExecuteInTwoKernels.cell_seconds = 10
c.ExecuteInTwoKernels.cell_seconds_of = {"mnist_mlp": 60, "newspaper_cnn": 60}

# These three hold for Validate, which runs a student's own notebook as nbgrader does.
c.Execute.timeout = 120
c.Execute.startup_timeout = 120
c.Execute.kernel_name = "python3"

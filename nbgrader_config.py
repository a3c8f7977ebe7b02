"""nbgrader's settings for this course, for its command line, for JupyterLab's formgrader and for assay alike."""

from pathlib import Path

from assay import settings

c = get_config()  # noqa: F821 - traitlets puts it here

# assay reads submissions before nbgrader, runs them in two kernels, records verdicts and writes feedback: each of these settings
# has its reason beside it in src/assay/settings.py, from where `assay init` puts them under other courses, too.
settings.apply(c)

# Folders, what is ignored in them, and what is taken out of the masters that `assay build` makes: there as well.
settings.apply_to_built_course(c)

# nbgrader's own exchange has to be made by an administrator. This one serves one person who tries the whole way (`make lab`);
# for a class, name the folder that instructor and students share.
COURSE = Path(__file__).resolve().parent
c.CourseDirectory.course_id = "descent"
c.Exchange.root = str(COURSE / "exchange" / "shared")
c.Exchange.cache = str(COURSE / "exchange" / "cache")
c.Exchange.assignment_dir = str(COURSE / "exchange" / "student")

# A cell ends within a second or two; one that does not end costs this many seconds. The first cell of an assignment that imports
# TensorFlow takes eight seconds on a cold machine, and more when other kernels do the same.
c.ExecuteInTwoKernels.cell_seconds = 10
c.ExecuteInTwoKernels.cell_seconds_of = {"mnist_mlp": 60, "newspaper_cnn": 60}

# These three hold for Validate, which runs a student's own notebook as nbgrader does.
c.Execute.timeout = 120
c.Execute.startup_timeout = 120
c.Execute.kernel_name = "python3"

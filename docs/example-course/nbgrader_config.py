"""nbgrader's settings for this course, for its command line, for JupyterLab's formgrader and for assay alike."""

from assay import settings

c = get_config()  # noqa: F821 - traitlets puts it here

# Submissions are read, run, marked and given feedback on by assay, and masters are those that `assay build` makes; each of these
# settings of nbgrader has its reason beside it in src/assay/settings.py.
settings.apply(c)
settings.apply_to_built_course(c)

# A cell of an honest answer ends within a second; one that does not end costs this many.
c.ExecuteInTwoKernels.cell_seconds = 10

# These three hold for Validate, which runs a student's own notebook as nbgrader does.
c.Execute.timeout = 120
c.Execute.startup_timeout = 120
c.Execute.kernel_name = "python3"

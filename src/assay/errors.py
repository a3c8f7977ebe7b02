"""The one exception that assay raises for a mistake that a person can mend."""


class AssayError(Exception):
    """One sentence on what is wrong and what to do; the command line prints it without a traceback."""

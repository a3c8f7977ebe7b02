"""descent: what the notebooks import - experiments and plots, with nothing of the grader in it."""

__version__ = "0.1.0"

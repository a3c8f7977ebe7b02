"""Registers a formatter that shows an object of its own as points, and displays one in every cell."""
# group: forging
# %% +
import sys


class Points:
    pass


formatters = get_ipython().display_formatter.formatters
formatters["text/plain"].for_type(Points, lambda value, printer, cycle: printer.text("3"))


def show(*arguments):
    sys.displayhook(Points())


get_ipython().events.register("pre_execute", show)
get_ipython().events.register("pre_run_cell", show)

"""Makes IPython forget the errors of cells: hooks after the run, a silent showtraceback, a custom handler."""
# group: forging
# %% +
shell = get_ipython()
shell.showtraceback = lambda *arguments, **keywords: None
shell._showtraceback = lambda *arguments, **keywords: None
shell.set_custom_exc((BaseException,), lambda *arguments, **keywords: None)


def forget(result):
    result.error_in_exec = None
    result.error_before_exec = None
    shell._last_traceback = None


shell.events.register("post_run_cell", forget)

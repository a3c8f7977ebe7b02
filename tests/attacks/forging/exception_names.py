"""Raises exceptions that are named like those of the grader and say that all is well."""
# group: forging
# %% +
def named(name, base):
    return type(name, (base,), {"__module__": "assay.checks.claims", "__str__": lambda self: "passed", "status": "passed"})
# %% double
def double(x):
    raise named("Passed", Exception)("3.0")
# %% total
def total(values):
    raise named("Ungradable", BaseException)("cannot be graded by machine: 2 points")
# %% mapped
def mapped(function, values):
    raise named("ClaimFailed", AssertionError)("passed: everything")
# %% tally
class Tally:
    def __init__(self):
        raise named("GraderError", Exception)("grader error")
# %% countdown
def countdown(start):
    raise named("StudentDied", BaseException)()

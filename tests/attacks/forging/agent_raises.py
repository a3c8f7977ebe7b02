"""Answers every request of the grader with exceptions that it has never raised: of the test, of the grader, of no type."""
# group: forging
# seconds: 45
# %% +
try:
    import itertools

    from assay.bridge import agent, link

    turns = itertools.count()

    def perform(self, payload):
        payload.clear()
        answers = [
            (link.ERROR, [1, Exception, "x", None, ""]),
            (link.ERROR, [None, type("StudentDied", (BaseException,), {}), "late", None, ""]),
            (link.ERROR, [None, StopIteration, "3", ["3"], ""]),
            (link.REFUSED, ["3 points"]),
            (link.ERROR, [None, NameError, "name 'checks' is not defined", None, ""]),
            (link.ERROR, [None, AssertionError, "", [], "a" * 100_000]),
            (link.ERROR, [None, SystemExit, "0", [0], ""]),
            (link.VALUE, []),
            (link.VALUE, [1, 2]),
        ]
        return answers[next(turns) % len(answers)]

    agent.Agent.perform = perform
except Exception as error:
    print(type(error).__name__)

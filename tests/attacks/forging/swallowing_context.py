"""Lets nothing out that is raised inside its context manager: its __exit__ says that all is well."""
# group: forging
# %% session
class Session:
    notes = ("nothing",)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return True

    def note(self, text):
        pass

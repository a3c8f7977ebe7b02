"""Answers with NaN and infinities, which are equal to nothing or to everything, depending on who compares."""
# group: forging
# %% double
def double(x):
    return float("nan")
# %% total
def total(values):
    return float("inf") if len(values) == 3 else float("-inf") if len(values) == 2 else np.nan
# %% answer
answer = float("nan")
# %% tally
class Tally:
    value = float("nan")

    def add(self, amount):
        pass

    def __len__(self):
        return 0

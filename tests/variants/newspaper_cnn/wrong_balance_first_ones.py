"""The first examples of the more frequent kind are taken."""
# fails: both_kinds_are_as_many

# %% balance
def balance(x, y, rng):
    positive, negative = np.flatnonzero(y == 1), np.flatnonzero(y == 0)
    number = min(len(positive), len(negative))
    chosen = rng.permutation(np.concatenate([positive[:number], negative[:number]]))
    return x[chosen], y[chosen]

"""Negative examples are drawn with replacement, so that some come twice."""
# fails: both_kinds_are_as_many

# %% balance
def balance(x, y, rng):
    positive, negative = np.flatnonzero(y == 1), np.flatnonzero(y == 0)
    number = min(len(positive), len(negative))
    drawn = [rng.choice(kind, number, replace=len(kind) > number) for kind in (positive, negative)]
    chosen = rng.permutation(np.concatenate(drawn))
    return x[chosen], y[chosen]

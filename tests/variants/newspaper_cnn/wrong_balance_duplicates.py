"""The rarer kind is repeated until it is as frequent."""
# fails: both_kinds_are_as_many

# %% balance
def balance(x, y, rng):
    positive, negative = np.flatnonzero(y == 1), np.flatnonzero(y == 0)
    number = max(len(positive), len(negative))
    chosen = rng.permutation(np.concatenate([np.resize(positive, number), np.resize(negative, number)]))
    return x[chosen], y[chosen]

"""It counts on fewer positive examples than negative ones."""
# fails: both_kinds_are_as_many

# %% balance
def balance(x, y, rng):
    positive, negative = np.flatnonzero(y == 1), np.flatnonzero(y == 0)
    drawn = rng.permutation(negative)[: len(positive)]
    chosen = rng.permutation(np.concatenate([positive, drawn]))
    return x[chosen], y[chosen]

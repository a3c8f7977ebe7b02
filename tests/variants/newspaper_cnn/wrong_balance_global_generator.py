"""NumPy's global generator draws."""
# fails: both_kinds_are_as_many

# %% balance
def balance(x, y, rng):
    kinds = [np.flatnonzero(y == label) for label in (0, 1)]
    number = min(len(kind) for kind in kinds)
    chosen = np.random.permutation(np.concatenate([np.random.choice(kind, number, replace=False) for kind in kinds]))
    return x[chosen], y[chosen]

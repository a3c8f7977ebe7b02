"""Every example gets a random number; the smallest of each kind stay, sorted by further ones."""

# %% balance
def balance(x, y, rng):
    number = rng.random(len(y))
    order = np.argsort(number)
    m = int(min(np.sum(y == 0), np.sum(y == 1)))
    keep = [index for label in (0, 1) for index in order[y[order] == label][:m]]
    keep = np.array(sorted(keep, key=lambda index: rng.random()))
    return np.take(x, keep, axis=0), np.take(y, keep)

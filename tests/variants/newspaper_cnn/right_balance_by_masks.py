"""Examples are drawn by a random order of each kind, and shuffled by a second one."""

# %% balance
def balance(x, y, rng):
    positive, negative = np.where(y == 1)[0], np.where(y == 0)[0]
    m = min(positive.size, negative.size)
    index = np.append(rng.permutation(positive)[:m], rng.permutation(negative)[:m])
    rng.shuffle(index)
    return x[index], y[index]

"""Right in another form: the bracket multiplied out, and a recursion for the steps."""

# %% gradient
def gradient(w, x, y):
    return 2 * (w * np.dot(x, x) - np.dot(x, y)) / x.size

# %% descend
def descend(gradient, x, y, learning_rate, num_steps, rng):
    if num_steps == 0:
        return 0.0
    w = descend(gradient, x, y, learning_rate, num_steps - 1, rng)
    i = int(rng.random() * len(x))
    return w - learning_rate * gradient(w, x[[i]], y[[i]])

"""The return stands in the loop, so that only one step is taken."""
# fails: descent_arrives

# %% descend
def descend(gradient, x, y, learning_rate, num_steps, rng):
    w = 0.0
    for _ in range(num_steps):
        i = rng.integers(len(x))
        w -= learning_rate * gradient(w, x[i : i + 1], y[i : i + 1])
        return w

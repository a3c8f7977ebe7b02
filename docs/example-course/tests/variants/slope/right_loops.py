"""Right in plain Python: a loop for the mean, and examples drawn with rng.choice."""

# %% gradient
def gradient(w, x, y):
    total = 0.0
    for x_i, y_i in zip(x, y):
        total += 2 * x_i * (w * x_i - y_i)
    return total / len(x)

# %% descend
def descend(gradient, x, y, learning_rate, num_steps, rng):
    w = 0
    for i in rng.choice(len(x), size=num_steps):
        w = w - learning_rate * gradient(w, np.array([x[i]]), np.array([y[i]]))
    return w

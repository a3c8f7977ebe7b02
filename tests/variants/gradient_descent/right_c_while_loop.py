"""While loops with the tests for stopping inside, and a small function that appends and calls back."""

# %% gradient_descent
def gradient_descent(start, loss, gradient, learning_rate=0.01, tolerance=1e-6, max_steps=10_000, callbacks=(), interval=(-1.0, 2.0)):
    if start < interval[0] or start > interval[1]:
        raise ValueError("start outside of interval")
    history = []

    def record(*entry):
        history.append(entry)
        for cb in callbacks:
            cb(*entry)

    t, x = 0, float(start)
    g = gradient(x)
    record(t, x, loss(x), g)
    while t < max_steps and not abs(g) < tolerance:
        x_new = x - learning_rate * g
        if np.isnan(x_new) or x_new < interval[0] or x_new > interval[1]:
            break
        t += 1
        x = x_new
        g = gradient(x)
        record(t, x, loss(x), g)
    return history

# %% momentum_descent
def momentum_descent(start, loss, gradient, learning_rate=0.01, tolerance=1e-6, max_steps=10_000, callbacks=(), interval=(-1.0, 2.0), momentum=0.9, start_velocity=0.0):
    if start < interval[0] or start > interval[1]:
        raise ValueError("start outside of interval")
    history = []

    def record(*entry):
        history.append(entry)
        for cb in callbacks:
            cb(*entry)

    t, x, v = 0, float(start), start_velocity
    g = gradient(x)
    record(t, x, v, loss(x), g)
    while t < max_steps and (abs(g) >= tolerance or abs(v) >= tolerance):
        v = momentum * v - learning_rate * g
        x_new = x + v
        if np.isnan(x_new) or x_new < interval[0] or x_new > interval[1]:
            break
        t += 1
        x = x_new
        g = gradient(x)
        record(t, x, v, loss(x), g)
    return history

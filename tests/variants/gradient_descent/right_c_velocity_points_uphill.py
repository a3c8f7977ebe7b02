"""The second convention: the velocity adds the gradient and is subtracted from theta."""

# %% momentum_descent
def momentum_descent(start, loss, gradient, learning_rate=0.01, tolerance=1e-6, max_steps=10_000, callbacks=(), interval=(-1.0, 2.0), momentum=0.9, start_velocity=0.0):
    low, high = interval
    if not low <= start <= high:
        raise ValueError("start outside the interval")
    theta = float(start)
    v = -start_velocity  # theta - v, so a push to the right is a negative v
    history = []
    for step in range(max_steps + 1):
        g = gradient(theta)
        history.append((step, theta, v, loss(theta), g))
        for callback in callbacks:
            callback(step, theta, v, loss(theta), g)
        if abs(g) < tolerance and abs(v) < tolerance:
            break
        v = momentum * v + learning_rate * g
        if not low <= theta - v <= high:
            break
        theta = theta - v
    return history

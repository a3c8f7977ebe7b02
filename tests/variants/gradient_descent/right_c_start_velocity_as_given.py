"""The second convention, with the start velocity in the first entry as it was given."""

# %% momentum_descent
def momentum_descent(start, loss, gradient, learning_rate=0.01, tolerance=1e-6, max_steps=10_000, callbacks=(), interval=(-1.0, 2.0), momentum=0.9, start_velocity=0.0):
    low, high = interval
    if not low <= start <= high:
        raise ValueError("start outside the interval")
    theta = float(start)
    history = [(0, theta, start_velocity, loss(theta), gradient(theta))]
    for callback in callbacks:
        callback(*history[0])
    v = -start_velocity
    for step in range(1, max_steps + 1):
        slope = history[-1][4]
        if abs(slope) < tolerance and abs(v) < tolerance:
            break
        v = momentum * v + learning_rate * slope
        if not low <= theta - v <= high:
            break
        theta = theta - v
        history.append((step, theta, v, loss(theta), gradient(theta)))
        for callback in callbacks:
            callback(*history[-1])
    return history

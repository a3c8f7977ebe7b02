"""The third convention: the velocity sums gradients, and the learning rate stands in the step of theta."""

# %% momentum_descent
def momentum_descent(start, loss, gradient, learning_rate=0.01, tolerance=1e-6, max_steps=10_000, callbacks=(), interval=(-1.0, 2.0), momentum=0.9, start_velocity=0.0):
    low, high = interval
    if not low <= start <= high:
        raise ValueError("start outside the interval")
    theta = float(start)
    accumulated = -start_velocity / learning_rate
    history = []
    for step in range(max_steps + 1):
        slope = gradient(theta)
        entry = (step, theta, accumulated, loss(theta), slope)
        history.append(entry)
        for callback in callbacks:
            callback(*entry)
        if abs(slope) < tolerance and abs(learning_rate * accumulated) < tolerance:
            break
        accumulated = momentum * accumulated + slope
        moved = theta - learning_rate * accumulated
        if not low <= moved <= high:
            break
        theta = moved
    return history

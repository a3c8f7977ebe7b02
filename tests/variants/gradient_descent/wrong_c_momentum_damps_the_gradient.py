"""The gradient is weighted with 1 - beta, as in a running mean."""
# fails: momentum_adds_to_the_step momentum_keeps_the_rules

# %% momentum_descent
def momentum_descent(start, loss, gradient, learning_rate=0.01, tolerance=1e-6, max_steps=10_000, callbacks=(), interval=(-1.0, 2.0), momentum=0.9, start_velocity=0.0):
    low, high = interval
    if start < low or start > high:
        raise ValueError("start is outside the interval")
    theta = float(start)
    velocity = float(start_velocity)
    history = []
    for step in range(max_steps + 1):
        slope = gradient(theta)
        history.append((step, theta, velocity, loss(theta), slope))
        for callback in callbacks:
            callback(step, theta, velocity, loss(theta), slope)
        if abs(slope) < tolerance and abs(velocity) < tolerance:
            break
        velocity = momentum * velocity - (1 - momentum) * learning_rate * slope
        if not (low <= theta + velocity <= high):
            break
        theta = theta + velocity
    return history

"""It asks whether theta is outside, which nan is not."""
# fails: descent_stays_inside

# %% gradient_descent
def gradient_descent(start, loss, gradient, learning_rate=0.01, tolerance=1e-6, max_steps=10_000, callbacks=(), interval=(-1.0, 2.0)):
    low, high = interval
    if start < low or start > high:
        raise ValueError("start is outside the interval")
    theta = float(start)
    history = []
    for step in range(max_steps + 1):
        slope = gradient(theta)
        history.append((step, theta, loss(theta), slope))
        for callback in callbacks:
            callback(step, theta, loss(theta), slope)
        if abs(slope) < tolerance:
            break
        new_theta = theta - learning_rate * slope
        if new_theta < low or new_theta > high:
            break
        theta = new_theta
    return history

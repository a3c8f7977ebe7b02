"""It stops when the loss hardly changes from one entry to the next."""
# fails: descent_stops_when_it_is_flat

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
        if step > 0 and abs(history[-1][2] - history[-2][2]) < tolerance:
            break
        new_theta = theta - learning_rate * slope
        if not (low <= new_theta <= high):
            break
        theta = new_theta
    return history

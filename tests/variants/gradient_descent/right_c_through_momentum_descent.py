"""Gradient descent calls momentum descent with beta 0 and cuts the history at the first flat entry."""

# %% gradient_descent
def gradient_descent(start, loss, gradient, learning_rate=0.01, tolerance=1e-6, max_steps=10_000, callbacks=(), interval=(-1.0, 2.0)):
    class Flat(Exception):
        pass

    history = []

    def copy_entry(step, theta, velocity, loss, gradient):
        history.append((step, theta, loss, gradient))
        for callback in callbacks:
            callback(step, theta, loss, gradient)
        if abs(gradient) < tolerance:
            raise Flat

    try:
        momentum_descent(
            start, loss, gradient, learning_rate, tolerance, max_steps, [copy_entry], interval, momentum=0.0
        )
    except Flat:
        pass
    return history


def momentum_descent(start, loss, gradient, learning_rate=0.01, tolerance=1e-6, max_steps=10_000, callbacks=(), interval=(-1.0, 2.0), momentum=0.9, start_velocity=0.0):
    low, high = interval
    theta = float(start)
    velocity = start_velocity
    if theta < low or theta > high:
        raise ValueError("start is outside the interval")
    history = []
    for step in range(max_steps + 1):
        if step > 0:
            velocity = momentum * velocity - learning_rate * slope
            if not low <= theta + velocity <= high:
                break
            theta = theta + velocity
        slope = gradient(theta)
        history.append((step, theta, velocity, loss(theta), slope))
        for callback in callbacks:
            callback(step, theta, velocity, loss(theta), slope)
        if abs(slope) < tolerance and abs(velocity) < tolerance:
            break
    return history

# %% momentum_descent
# momentum_descent is written above already, because gradient_descent uses it.

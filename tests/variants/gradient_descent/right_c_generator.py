"""A generator makes the entries, and the function lists them."""

# %% gradient_descent
def descent_entries(theta, loss, gradient, learning_rate, tolerance, max_steps, low, high):
    step = 0
    while True:
        slope = gradient(theta)
        yield step, theta, loss(theta), slope
        if abs(slope) < tolerance or step >= max_steps:
            return
        theta = theta - learning_rate * slope
        if not low <= theta <= high:
            return
        step += 1


def gradient_descent(start, loss, gradient, learning_rate=0.01, tolerance=1e-6, max_steps=10_000, callbacks=(), interval=(-1.0, 2.0)):
    low, high = interval
    if not low <= start <= high:
        raise ValueError(f"{start} is not between {low} and {high}")
    history = []
    for entry in descent_entries(float(start), loss, gradient, learning_rate, tolerance, max_steps, low, high):
        history.append(entry)
        for callback in callbacks:
            callback(*entry)
    return history

# %% momentum_descent
def ball_entries(theta, velocity, loss, gradient, learning_rate, momentum, tolerance, max_steps, low, high):
    for step in range(max_steps + 1):
        slope = gradient(theta)
        yield step, theta, velocity, loss(theta), slope
        if abs(slope) < tolerance and abs(velocity) < tolerance:
            return
        velocity = momentum * velocity - learning_rate * slope
        theta = theta + velocity
        if not low <= theta <= high:
            return


def momentum_descent(start, loss, gradient, learning_rate=0.01, tolerance=1e-6, max_steps=10_000, callbacks=(), interval=(-1.0, 2.0), momentum=0.9, start_velocity=0.0):
    low, high = interval
    if not low <= start <= high:
        raise ValueError(f"{start} is not between {low} and {high}")

    def watched(entries):
        for entry in entries:
            for callback in callbacks:
                callback(*entry)
            yield entry

    return list(watched(ball_entries(
        float(start), start_velocity, loss, gradient, learning_rate, momentum, tolerance, max_steps, low, high
    )))

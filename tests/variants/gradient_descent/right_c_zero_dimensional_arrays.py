"""Theta is an array without dimensions that is updated in place, on copies."""

# %% gradient_descent
def gradient_descent(start, loss, gradient, learning_rate=0.01, tolerance=1e-6, max_steps=10_000, callbacks=(), interval=(-1.0, 2.0)):
    low, high = interval
    theta = np.array(start, dtype=float)  # makes a copy
    if theta < low or theta > high:
        raise ValueError("start outside the interval")
    history = []
    for step in range(max_steps + 1):
        g = np.array(gradient(theta), dtype=float)
        history.append((step, theta.copy(), np.array(loss(theta)), g))
        for f in callbacks:
            f(*history[-1])
        if np.abs(g) < tolerance:
            break
        theta -= learning_rate * g
        if not (low <= theta <= high):
            break
    return history

# %% momentum_descent
def momentum_descent(start, loss, gradient, learning_rate=0.01, tolerance=1e-6, max_steps=10_000, callbacks=(), interval=(-1.0, 2.0), momentum=0.9, start_velocity=0.0):
    low, high = interval
    theta = np.array(start, dtype=float)
    v = np.array(start_velocity, dtype=float)
    if theta < low or theta > high:
        raise ValueError("start outside the interval")
    history = []
    for step in range(max_steps + 1):
        g = np.array(gradient(theta), dtype=float)
        history.append((step, theta.copy(), v.copy(), np.array(loss(theta)), g))
        for f in callbacks:
            f(*history[-1])
        if np.abs(g) < tolerance and np.abs(v) < tolerance:
            break
        v *= momentum
        v -= learning_rate * g
        theta += v
        if not (low <= theta <= high):
            break
    return history

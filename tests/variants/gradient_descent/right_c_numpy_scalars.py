"""Every number is a NumPy scalar, the step too."""

# %% gradient_descent
def gradient_descent(start, loss, gradient, learning_rate=0.01, tolerance=1e-6, max_steps=10_000, callbacks=(), interval=(-1.0, 2.0)):
    low, high = np.float64(interval[0]), np.float64(interval[1])
    theta = np.float64(start)
    if np.logical_or(theta < low, theta > high):
        raise ValueError("start outside the interval")
    history = []
    for step in np.arange(max_steps + 1):
        slope = np.float64(gradient(theta))
        history.append((step, theta, np.float64(loss(theta)), slope))
        for callback in callbacks:
            callback(step, theta, np.float64(loss(theta)), slope)
        new = np.subtract(theta, np.multiply(learning_rate, slope))
        inside = np.logical_and(new >= low, new <= high)
        if np.abs(slope) < tolerance or not inside:
            break
        theta = new
    return history

# %% momentum_descent
def momentum_descent(start, loss, gradient, learning_rate=0.01, tolerance=1e-6, max_steps=10_000, callbacks=(), interval=(-1.0, 2.0), momentum=0.9, start_velocity=0.0):
    low, high = np.float64(interval[0]), np.float64(interval[1])
    theta, velocity = np.float64(start), np.float64(start_velocity)
    if np.logical_or(theta < low, theta > high):
        raise ValueError("start outside the interval")
    history = []
    for step in np.arange(max_steps + 1):
        entry = (step, theta, velocity, np.float64(loss(theta)), np.float64(gradient(theta)))
        history.append(entry)
        for callback in callbacks:
            callback(*entry)
        if np.all(np.abs([velocity, entry[-1]]) < tolerance):
            break
        velocity = np.float64(momentum * velocity - learning_rate * entry[-1])
        if not np.logical_and(theta + velocity >= low, theta + velocity <= high):
            break
        theta = theta + velocity
    return history

# %% plain_descent_ends
grid = np.linspace(-1, 2, 30_001)
end = np.float64(gradient_descent(-0.95, loss, gradient)[-1][1])
plain_descent_ends = {
    "stuck": np.bool_(loss(end) > loss(grid).min() + 1e-3),
    "theta": end,
    "global_minimum": grid[np.argmin(loss(grid))],
}

# %% escapes_from_rest
escapes_from_rest = {}
for beta in (0.6, 0.7, 0.8, 0.9, 0.95, 0.99):
    escapes_from_rest[beta] = np.bool_(momentum_descent(-0.95, loss, gradient, momentum=beta)[-1][1] > 1.0)

"""The history is kept in a NumPy array with room for all steps, cut and turned into a list at the end."""

# %% gradient_descent
def gradient_descent(start, loss, gradient, learning_rate=0.01, tolerance=1e-6, max_steps=10_000, callbacks=(), interval=(-1.0, 2.0)):
    if not interval[0] <= start <= interval[1]:
        raise ValueError("start outside the interval")
    table = np.full((max_steps + 1, 4), np.nan)
    theta = float(start)
    for step in range(max_steps + 1):
        table[step] = step, theta, loss(theta), gradient(theta)
        for callback in callbacks:
            callback(*table[step].tolist())
        theta = theta - learning_rate * table[step, 3]
        if abs(table[step, 3]) < tolerance or not interval[0] <= theta <= interval[1]:
            break
    return [tuple(row) for row in table[: step + 1].tolist()]

# %% momentum_descent
def momentum_descent(start, loss, gradient, learning_rate=0.01, tolerance=1e-6, max_steps=10_000, callbacks=(), interval=(-1.0, 2.0), momentum=0.9, start_velocity=0.0):
    if not interval[0] <= start <= interval[1]:
        raise ValueError("start outside the interval")
    thetas, velocities, losses, gradients = np.zeros((4, max_steps + 1))
    thetas[0], velocities[0] = start, start_velocity
    count = 0
    for i in range(max_steps + 1):
        losses[i], gradients[i] = loss(thetas[i]), gradient(thetas[i])
        count = i + 1
        for callback in callbacks:
            callback(i, thetas[i], velocities[i], losses[i], gradients[i])
        if i == max_steps or max(abs(gradients[i]), abs(velocities[i])) < tolerance:
            break
        velocities[i + 1] = momentum * velocities[i] - learning_rate * gradients[i]
        thetas[i + 1] = thetas[i] + velocities[i + 1]
        if not interval[0] <= thetas[i + 1] <= interval[1]:
            break
    table = np.column_stack([np.arange(count), thetas[:count], velocities[:count], losses[:count], gradients[:count]])
    return list(table)

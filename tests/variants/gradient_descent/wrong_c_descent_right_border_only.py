"""Only the right border is watched."""
# fails: descent_stays_inside

# %% gradient_descent
def gradient_descent(start, loss, gradient, learning_rate=0.01, tolerance=1e-6, max_steps=10_000, callbacks=(), interval=(-1.0, 2.0)):
    a, b = interval
    if start > b:
        raise ValueError("start must lie in the interval")
    x = float(start)
    history = [(0, x, loss(x), gradient(x))]
    for f in callbacks:
        f(*history[0])
    step = 0
    while step < max_steps and not abs(history[-1][3]) < tolerance:
        x_next = x - learning_rate * history[-1][3]
        if not x_next <= b:
            break
        step += 1
        x = x_next
        history.append((step, x, loss(x), gradient(x)))
        for f in callbacks:
            f(*history[-1])
    return history

"""One private function does both descents, and plain descent is momentum descent with beta 0 and another rule for stopping."""

# %% gradient_descent
def _descend(start, loss, gradient, rate, tolerance, max_steps, interval, beta, velocity, stop, notify):
    lower, upper = interval
    if not lower <= start <= upper:
        raise ValueError(f"start={start} must be in [{lower}, {upper}]")
    rows = []
    position = float(start)
    while True:
        row = (len(rows), position, velocity, loss(position), gradient(position))
        rows.append(row)
        notify(row)
        if stop(row) or len(rows) == max_steps + 1:
            return rows
        velocity = beta * velocity - rate * row[4]
        if not lower <= position + velocity <= upper:
            return rows
        position += velocity


def _without_velocity(row):
    return row[:2] + row[3:]


def gradient_descent(start, loss, gradient, learning_rate=0.01, tolerance=1e-6, max_steps=10_000, callbacks=(), interval=(-1.0, 2.0)):
    def notify(row):
        for callback in callbacks:
            callback(*_without_velocity(row))

    def stop(row):
        return abs(row[4]) < tolerance

    rows = _descend(start, loss, gradient, learning_rate, tolerance, max_steps, interval, 0.0, 0.0, stop, notify)
    return [_without_velocity(row) for row in rows]

# %% momentum_descent
def momentum_descent(start, loss, gradient, learning_rate=0.01, tolerance=1e-6, max_steps=10_000, callbacks=(), interval=(-1.0, 2.0), momentum=0.9, start_velocity=0.0):
    def notify(row):
        for callback in callbacks:
            callback(*row)

    def stop(row):
        return abs(row[4]) < tolerance and abs(row[2]) < tolerance

    return _descend(
        start, loss, gradient, learning_rate, tolerance, max_steps, interval, momentum, start_velocity, stop, notify
    )

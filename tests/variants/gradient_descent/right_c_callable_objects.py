"""Classes: the loss and its gradient are callable objects, and an optimiser object keeps the state."""

# %% loss_and_gradient
class Wave:
    """theta * cos(pi * theta), or its derivative."""

    def __init__(self, order):
        self.order = order

    def __call__(self, theta):
        c, s = np.cos(np.pi * theta), np.sin(np.pi * theta)
        return theta * c if self.order == 0 else c - theta * np.pi * s


loss = Wave(0)
gradient = Wave(1)

# %% gradient_descent
class Descent:
    def __init__(self, loss, gradient, learning_rate, interval):
        self.loss, self.gradient = loss, gradient
        self.learning_rate = learning_rate
        self.low, self.high = interval
        self.history = []

    def inside(self, theta):
        return bool(self.low <= theta <= self.high)

    def visit(self, theta, callbacks):
        self.history.append((len(self.history), theta, self.loss(theta), self.gradient(theta)))
        for callback in callbacks:
            callback(*self.history[-1])

    def next_theta(self):
        _, theta, _, slope = self.history[-1]
        return theta - self.learning_rate * slope


def gradient_descent(start, loss, gradient, learning_rate=0.01, tolerance=1e-6, max_steps=10_000, callbacks=(), interval=(-1.0, 2.0)):
    descent = Descent(loss, gradient, learning_rate, interval)
    if not descent.inside(start):
        raise ValueError("start lies outside")
    descent.visit(float(start), callbacks)
    for _ in range(max_steps):
        if abs(descent.history[-1][3]) < tolerance or not descent.inside(descent.next_theta()):
            break
        descent.visit(descent.next_theta(), callbacks)
    return descent.history

# %% momentum_descent
class Ball:
    def __init__(self, position, velocity):
        self.position = position
        self.velocity = velocity

    def accelerated(self, slope, learning_rate, momentum):
        velocity = momentum * self.velocity - learning_rate * slope
        return Ball(self.position + velocity, velocity)


def momentum_descent(start, loss, gradient, learning_rate=0.01, tolerance=1e-6, max_steps=10_000, callbacks=(), interval=(-1.0, 2.0), momentum=0.9, start_velocity=0.0):
    ball = Ball(float(start), float(start_velocity))
    if not interval[0] <= ball.position <= interval[1]:
        raise ValueError("start lies outside")
    history = []
    while True:
        slope = gradient(ball.position)
        history.append((len(history), ball.position, ball.velocity, loss(ball.position), slope))
        for callback in callbacks:
            callback(*history[-1])
        following = ball.accelerated(slope, learning_rate, momentum)
        at_rest = max(abs(slope), abs(ball.velocity)) < tolerance
        if at_rest or len(history) > max_steps or not interval[0] <= following.position <= interval[1]:
            return history
        ball = following

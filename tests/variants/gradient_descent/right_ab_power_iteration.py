"""The path filled column by column in place, the bound by power iteration, an order drawn as ranks of random numbers, logarithms for the factor."""

# %% bowl_descent
def bowl_descent(start, hessian, learning_rate, num_steps):
    x = start.astype(float).copy()
    path = np.zeros((len(x), num_steps + 1))
    path[:, 0] = x
    for t in range(1, num_steps + 1):
        x -= learning_rate * (hessian * x).sum(axis=1)
        path[:, t] = x
    return path.T


def largest_learning_rate(hessian):
    direction = np.linspace(1.0, 2.0, hessian.shape[0])
    for _ in range(1000):
        direction = hessian @ direction
        direction /= np.sqrt(direction @ direction)
    return 2.0 / (direction @ hessian @ direction)

# %% minibatches
def minibatches(num_examples, batch_size, rng):
    order = np.argsort(rng.random(num_examples))
    num_batches = -(-num_examples // batch_size)
    return tuple(order[i * batch_size : min((i + 1) * batch_size, num_examples)] for i in range(num_batches))

# %% sigmoid_derivative
def sigmoid(z):
    return np.exp(-np.logaddexp(0, -np.asarray(z)))


def sigmoid_derivative(z):
    return sigmoid(z) * sigmoid(-np.asarray(z))


def gradient_factor(pre_activations):
    return np.exp(np.sum(np.log(sigmoid_derivative(pre_activations)), axis=0))

# %% steepest_point
steepest_point = dict(z=np.array(0.0), derivative=np.array(0.25))

# %% dead_units
def dead_units(pre_activations):
    return np.maximum(pre_activations, 0).sum(axis=0) == 0

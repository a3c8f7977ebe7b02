"""Answers found by trying: the largest rate by bisection on the spectral radius, the derivative by exact algebra of two exponentials, the steepest point by a fine search."""

# %% bowl_descent
def bowl_descent(start, hessian, learning_rate, num_steps):
    path = np.tile(np.asarray(start, dtype=float), (num_steps + 1, 1))
    for before, after in zip(path[:-1], path[1:]):
        after[:] = before - learning_rate * np.einsum("ij,j->i", hessian, before)
    return path


def largest_learning_rate(hessian):
    low, high = 0.0, 1.0
    def radius(rate):
        return np.abs(np.linalg.eigvalsh(np.eye(len(hessian)) - rate * hessian)).max()

    while radius(high) < 1:
        high *= 2
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if radius(middle) < 1 else (low, middle)
    return low

# %% minibatches
def minibatches(num_examples, batch_size, rng):
    left = list(range(num_examples))
    batches = []
    while left:
        batch = []
        while left and len(batch) < batch_size:
            batch.append(left.pop(int(rng.integers(len(left)))))
        batches.append(np.array(batch))
    return batches

# %% sigmoid_derivative
def sigmoid(z):
    return np.select([z > 0, z <= 0], [1 / (1 + np.exp(-z)), np.exp(z) / (1 + np.exp(z))])


def sigmoid_derivative(z):
    return 1 / (np.exp(z / 2) + np.exp(-z / 2)) ** 2


def gradient_factor(pre_activations):
    return np.array([np.prod([sigmoid_derivative(z) for z in unit]) for unit in pre_activations.transpose()])

# %% steepest_point
steepest_point = {}
steepest_point["z"] = round(max(np.arange(-3, 3, 0.001), key=sigmoid_derivative), 3)
steepest_point["derivative"] = round(float(sigmoid_derivative(steepest_point["z"])), 4)

# %% dead_units
def dead_units(pre_activations):
    return np.apply_along_axis(lambda unit: not (unit > 0).any(), 0, pre_activations)

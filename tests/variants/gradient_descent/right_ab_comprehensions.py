"""Plain loops over single elements and Python's own functions, with a vectorised wrapper for the sigmoid."""

# %% bowl_descent
import math
from itertools import accumulate, repeat


def bowl_descent(start, hessian, learning_rate, num_steps):
    def step(x, _):
        return [x[i] - learning_rate * sum(hessian[i][j] * x[j] for j in range(len(x))) for i in range(len(x))]

    return np.array(list(accumulate(repeat(None, num_steps), step, initial=list(start))))


def largest_learning_rate(hessian):
    values, vectors = np.linalg.eigh(hessian)
    return 2.0 / sorted(values)[-1]

# %% minibatches
def minibatches(num_examples, batch_size, rng):
    order = rng.choice(num_examples, size=num_examples, replace=False)
    batches = []
    for first in range(0, len(order), batch_size):
        batches += [np.array(order[first : first + batch_size])]
    return batches

# %% sigmoid_derivative
def _sigmoid_of_one(z):
    if z < 0:
        return math.exp(z) / (1.0 + math.exp(z))
    return 1.0 / (1.0 + math.exp(-z))


sigmoid = np.vectorize(_sigmoid_of_one, otypes=[float])


def sigmoid_derivative(z):
    return np.vectorize(lambda one: _sigmoid_of_one(one) * _sigmoid_of_one(-one), otypes=[float])(z)


def gradient_factor(pre_activations):
    num_layers, num_units = pre_activations.shape
    return [
        math.prod(float(sigmoid_derivative(pre_activations[layer, unit])) for layer in range(num_layers))
        for unit in range(num_units)
    ]

# %% dead_units
def dead_units(pre_activations):
    num_examples, num_units = pre_activations.shape
    dead = np.full(num_units, True)
    for example in range(num_examples):
        for unit in range(num_units):
            if pre_activations[example, unit] > 0:
                dead[unit] = False
    return dead

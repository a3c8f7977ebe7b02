"""The bowl solved along its eigenvectors in closed form, the order by rng.permuted, the factor as a cumulated product, deadness by logical_and."""

# %% bowl_descent
def bowl_descent(start, hessian, learning_rate, num_steps):
    eigenvalues, vectors = np.linalg.eigh(hessian)
    shrink = (1 - learning_rate * eigenvalues) ** np.arange(num_steps + 1)[:, None]
    return shrink * (vectors.T @ start) @ vectors.T


def largest_learning_rate(hessian):
    # Where the step matrix I - rate * H has the eigenvalue -1.
    return 1.0 / (np.amax(np.linalg.eigvalsh(hessian)) / 2.0)

# %% minibatches
def minibatches(num_examples, batch_size, rng):
    order = rng.permuted(np.arange(num_examples))
    full = num_examples // batch_size
    batches = list(order[: full * batch_size].reshape(full, batch_size))
    rest = order[full * batch_size :]
    if rest.size:
        batches.append(rest)
    return iter(batches)

# %% sigmoid_derivative
def sigmoid(z):
    return np.reciprocal(1.0 + np.exp(-np.clip(z, -500, 500)))


def sigmoid_derivative(z):
    return 1.0 / (2.0 + np.exp(z) + np.exp(np.negative(z)))


def gradient_factor(pre_activations):
    return np.cumprod(sigmoid_derivative(pre_activations), axis=0)[-1]

# %% dead_units
def dead_units(pre_activations):
    slope = np.where(pre_activations > 0, 1.0, 0.0)
    return np.logical_and.reduce(slope == 0.0, axis=0)

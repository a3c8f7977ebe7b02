"""The bowl path as a list put together by np.stack, the bound by eigvals, minibatches from a generator, the two-case sigmoid by masks."""

# %% curve_labels
curve_labels = {}
curve_labels["C"] = "very high"
curve_labels["B"] = "high"
curve_labels["D"] = "low"
curve_labels["A"] = "good"

# %% bowl_descent
def bowl_descent(start, hessian, learning_rate, num_steps):
    iterates = [np.array(start, dtype=float)]
    while len(iterates) <= num_steps:
        last = iterates[-1]
        gradient = np.dot(hessian, last)
        iterates.append(last - learning_rate * gradient)
    return np.stack(iterates)


def largest_learning_rate(hessian):
    eigenvalues = np.linalg.eigvals(hessian)
    return 2 / max(eigenvalues)

# %% minibatches
def minibatches(num_examples, batch_size, rng):
    indices = np.arange(num_examples)
    rng.shuffle(indices)
    while len(indices) > 0:
        yield indices[:batch_size]
        indices = indices[batch_size:]

# %% batch_norm_statements
batch_norm_statements = dict(zip(range(1, 5), [False, False, True, True]))

# %% sigmoid_derivative
def sigmoid(z):
    z = np.asarray(z, dtype=float)
    result = np.empty_like(z)
    positive = z > 0
    result[positive] = 1 / (1 + np.exp(-z[positive]))
    grown = np.exp(z[~positive])
    result[~positive] = grown / (1 + grown)
    return result


def sigmoid_derivative(z):
    s = sigmoid(z)
    return s - s**2


def gradient_factor(pre_activations):
    factor = np.ones(pre_activations.shape[1])
    for layer in pre_activations:
        factor *= sigmoid_derivative(layer)
    return factor

# %% steepest_point
steepest_point = {"z": 0, "derivative": 1 / 4}

# %% dead_units
def dead_units(pre_activations):
    return pre_activations.max(axis=0) <= 0

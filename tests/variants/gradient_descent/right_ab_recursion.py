"""The bowl path by recursion, the bound by singular values, minibatches as lists of Python ints, the derivative from exp(-|z|) alone."""

# %% bowl_descent
def bowl_descent(start, hessian, learning_rate, num_steps):
    if num_steps == 0:
        return start[np.newaxis]
    following = start - learning_rate * (hessian @ start)
    return np.vstack([start, bowl_descent(following, hessian, learning_rate, num_steps - 1)])


def largest_learning_rate(hessian):
    singular_values = np.linalg.svd(hessian, compute_uv=False)
    return float(2 / singular_values[0])

# %% minibatches
def minibatches(num_examples, batch_size, rng):
    order = rng.permutation(num_examples).tolist()
    batches = []
    for index in order:
        if not batches or len(batches[-1]) == batch_size:
            batches.append([])
        batches[-1].append(index)
    return batches

# %% sigmoid_derivative
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_derivative(z):
    e = np.exp(-np.abs(z))
    return e / (1 + e) ** 2


def gradient_factor(pre_activations):
    if len(pre_activations) == 0:
        return np.ones(pre_activations.shape[1])
    return sigmoid_derivative(pre_activations[0]) * gradient_factor(pre_activations[1:])

# %% steepest_point
steepest_point = {"z": None, "derivative": None}
steepest_point["z"] = np.float64(0)
steepest_point["derivative"] = sigmoid_derivative(np.float64(0))

# %% dead_units
def dead_units(pre_activations):
    return [bool(np.all(unit <= 0)) for unit in pre_activations.T]

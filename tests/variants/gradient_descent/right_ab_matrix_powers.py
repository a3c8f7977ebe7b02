"""The bowl path by powers of the step matrix, the bound by the spectral norm, minibatches cut by np.array_split, the sigmoid through tanh."""

# %% bowl_descent
def bowl_descent(start, hessian, learning_rate, num_steps):
    step = np.identity(len(start)) - learning_rate * hessian
    return np.array([np.linalg.matrix_power(step, k) @ start for k in range(num_steps + 1)])


def largest_learning_rate(hessian):
    return 2.0 / np.linalg.norm(hessian, 2)

# %% minibatches
def minibatches(num_examples, batch_size, rng):
    places = np.arange(batch_size, num_examples, batch_size)
    return np.array_split(rng.permutation(num_examples), places)

# %% batch_norm_statements
batch_norm_statements = {1: np.False_, 2: np.False_, 3: np.True_, 4: np.True_}

# %% sigmoid_derivative
def sigmoid(z):
    return 0.5 * (1 + np.tanh(z / 2))


def sigmoid_derivative(z):
    return 0.25 * (1 - np.tanh(z / 2) ** 2)


def gradient_factor(pre_activations):
    return np.multiply.reduce(sigmoid_derivative(pre_activations))

# %% steepest_point
positions = np.linspace(-6, 6, 4001)
slopes = sigmoid_derivative(positions)
steepest_point = {"z": positions[np.argmax(slopes)], "derivative": slopes.max()}

# %% dead_units
def dead_units(pre_activations):
    return ~np.any(pre_activations > 0, axis=0)

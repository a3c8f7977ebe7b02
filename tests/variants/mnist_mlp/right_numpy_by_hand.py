"""The functions by hand in NumPy's own terms."""

# %% count_parameters
def count_parameters(num_inputs, layersizes):
    widths = np.array([num_inputs, *layersizes])
    return int(np.dot(widths[:-1] + 1, widths[1:]))

# %% early_stopping
def early_stopping(val_losses, patience):
    losses = np.asarray(val_losses)
    best_until = np.array([np.argmin(losses[: epoch + 1]) for epoch in range(len(losses))])
    waited = np.arange(len(losses)) - best_until
    stops = np.flatnonzero(waited >= patience)
    last = stops[0] if len(stops) else len(losses) - 1
    return int(last), int(best_until[last])

# %% initial_stddev
def initial_stddev(method, num_inputs, num_units):
    if method not in ("glorot", "he"):
        raise ValueError("glorot or he")
    return np.where(method == "glorot", np.sqrt(2.0 / (num_inputs + num_units)), np.sqrt(2.0 / num_inputs)).item()

# %% activation_stddevs
def activation_stddevs(x, kernels, biases, activation):
    stddevs = np.zeros(len(kernels))
    for k in range(len(kernels)):
        x = activation(np.einsum("ni,ij->nj", x, kernels[k]) + biases[k])
        stddevs[k] = np.std(x)
    return stddevs.tolist()

# %% batch_normalise
def batch_normalise(z, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=0.001):
    mean = np.where(training, np.mean(z, axis=0), moving_mean)
    variance = np.where(training, np.var(z, axis=0), moving_variance)
    kept = np.where(training, momentum, 1.0)
    result = gamma * (z - mean) / np.sqrt(variance + epsilon) + beta
    return result, kept * moving_mean + (1 - kept) * mean, kept * moving_variance + (1 - kept) * variance

# %% count_batchnorm_parameters
def count_batchnorm_parameters(num_inputs, layersizes):
    widths = np.array([num_inputs, *layersizes])
    extra = 2 * int(widths[1:-1].sum())
    return int(((widths[:-1] + 1) * widths[1:]).sum()) + extra, extra

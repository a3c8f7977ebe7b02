"""Numbers come back as NumPy scalars, and a list of them as an array."""

# %% count_parameters
def count_parameters(num_inputs, layersizes):
    widths = np.array([num_inputs, *layersizes])
    return np.sum(widths[1:] * widths[:-1]) + np.sum(widths[1:])

# %% early_stopping
def early_stopping(val_losses, patience):
    for last in range(len(val_losses)):
        best = np.argmin(val_losses[: last + 1])
        if last - best >= patience:
            break
    return np.int64(last), best

# %% initial_stddev
def initial_stddev(method, num_inputs, num_units):
    fan = {"glorot": (num_inputs + num_units) / 2, "he": num_inputs / 2}
    try:
        return 1 / np.sqrt(np.float64(fan[method]))
    except KeyError:
        raise ValueError(f"{method} is unknown") from None

# %% activation_stddevs
def activation_stddevs(x, kernels, biases, activation):
    stddevs = []
    for k in range(len(kernels)):
        z = kernels[k].T @ x.T + biases[k][:, np.newaxis]
        x = activation(z).T
        stddevs.append(np.std(x))
    return np.array(stddevs)

"""Every function by hand calls itself."""

# %% count_parameters
def count_parameters(num_inputs, layersizes):
    if not layersizes:
        return 0
    return (num_inputs + 1) * layersizes[0] + count_parameters(layersizes[0], layersizes[1:])

# %% early_stopping
def early_stopping(val_losses, patience, epoch=0, best=0):
    if val_losses[epoch] < val_losses[best]:
        best = epoch
    if epoch - best == patience or epoch == len(val_losses) - 1:
        return epoch, best
    return early_stopping(val_losses, patience, epoch + 1, best)

# %% activation_stddevs
def activation_stddevs(x, kernels, biases, activation):
    if not kernels:
        return []
    a = activation(x @ kernels[0] + biases[0])
    return [a.std(), *activation_stddevs(a, kernels[1:], biases[1:], activation)]

# %% count_batchnorm_parameters
def count_batchnorm_parameters(num_inputs, layersizes):
    if len(layersizes) == 1:
        return (num_inputs + 1) * layersizes[0], 0
    trainable, fixed = count_batchnorm_parameters(layersizes[0], layersizes[1:])
    return trainable + (num_inputs + 1 + 2) * layersizes[0], fixed + 2 * layersizes[0]

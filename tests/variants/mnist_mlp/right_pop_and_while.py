"""A copy of the sizes is used up from its front in a while loop."""

# %% baseline_model
def baseline_model(layersizes, activation):
    waiting = list(layersizes)
    model = keras.Sequential([keras.Input((784,))])
    while waiting:
        units = waiting.pop(0)
        model.add(keras.layers.Dense(units, activation=activation if waiting else "softmax"))
    return model

# %% count_parameters
def count_parameters(num_inputs, layersizes):
    waiting, before, total = list(layersizes), num_inputs, 0
    while waiting:
        units = waiting.pop(0)
        total, before = total + units + before * units, units
    return total

# %% early_stopping
def early_stopping(val_losses, patience):
    lowest, best, wait, epoch = float("inf"), 0, 0, 0
    while True:
        if val_losses[epoch] < lowest:
            lowest, best, wait = val_losses[epoch], epoch, 0
        else:
            wait += 1
        if wait >= patience or epoch + 1 == len(val_losses):
            return (epoch, best)
        epoch += 1

# %% activation_stddevs
def activation_stddevs(x, kernels, biases, activation):
    kernels, biases, found = list(kernels), list(biases), []
    while kernels:
        x = activation(np.dot(x, kernels.pop(0)) + biases.pop(0))
        found.append(np.sqrt(np.mean((x - np.mean(x)) ** 2)))
    return found

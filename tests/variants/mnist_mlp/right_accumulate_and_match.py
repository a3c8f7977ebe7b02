"""itertools, a dictionary of formulas, and a match statement."""

# %% count_parameters
from itertools import accumulate, chain


def count_parameters(num_inputs, layersizes):
    sizes = list(chain([num_inputs], layersizes))
    return sum(map(lambda pair: (pair[0] + 1) * pair[1], zip(sizes, sizes[1:])))

# %% early_stopping
def early_stopping(val_losses, patience):
    lowest = list(accumulate(val_losses, min))
    best_epochs = [list(val_losses).index(value) for value in lowest]
    for epoch, best in enumerate(best_epochs):
        if epoch == best + patience:
            return epoch, best
    return len(best_epochs) - 1, best_epochs[-1]

# %% initial_stddev
def initial_stddev(method, num_inputs, num_units):
    match method:
        case "glorot":
            variance = 2 / (num_inputs + num_units)
        case "he":
            variance = 2 / num_inputs
        case _:
            raise ValueError(method)
    return variance**0.5

# %% activation_stddevs
def activation_stddevs(x, kernels, biases, activation):
    layers = accumulate(zip(kernels, biases), lambda a, layer: activation(a @ layer[0] + layer[1]), initial=x)
    return [float(a.std()) for a in list(layers)[1:]]

# %% batch_normalise
def batch_normalise(z, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=0.001):
    batch = (z.mean(0), z.var(0))
    moving = (moving_mean, moving_variance)
    used = batch if training else moving
    kept = tuple(momentum * old + (1 - momentum) * new for old, new in zip(moving, batch)) if training else moving
    return (z - used[0]) * (gamma / np.sqrt(used[1] + epsilon)) + beta, *kept

# %% make_optimizer
def make_optimizer(name, learning_rate):
    match name:
        case "SGD" | "RMSprop" | "Adam":
            return getattr(keras.optimizers, name)(learning_rate=learning_rate)
        case "momentum":
            return keras.optimizers.SGD(learning_rate=learning_rate, momentum=0.9, nesterov=True)
        case _:
            raise ValueError(name)

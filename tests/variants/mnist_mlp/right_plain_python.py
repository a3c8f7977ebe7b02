"""The functions by hand number by number, in plain Python."""

# %% count_parameters
def count_parameters(num_inputs, layersizes):
    weights, biases = 0, 0
    for k in range(len(layersizes)):
        if k == 0:
            weights += num_inputs * layersizes[0]
        else:
            weights += layersizes[k - 1] * layersizes[k]
        biases += layersizes[k]
    return weights + biases

# %% early_stopping
def early_stopping(val_losses, patience):
    best_loss = val_losses[0]
    best_epoch = 0
    count = 0
    last = 0
    for i in range(1, len(val_losses)):
        last = i
        if val_losses[i] < best_loss:
            best_loss = val_losses[i]
            best_epoch = i
            count = 0
        else:
            count = count + 1
            if count == patience:
                break
    return last, best_epoch

# %% initial_stddev
import math


def initial_stddev(method, num_inputs, num_units):
    if method == "glorot":
        return math.sqrt(2) / math.sqrt(num_inputs + num_units)
    elif method == "he":
        return (2 / num_inputs) ** 0.5
    else:
        raise ValueError("unknown method: " + str(method))

# %% activation_stddevs
def activation_stddevs(x, kernels, biases, activation):
    rows = [[float(value) for value in row] for row in x]
    stddevs = []
    for kernel, bias in zip(kernels, biases):
        following = []
        for row in rows:
            z = [sum(row[i] * kernel[i][j] for i in range(len(row))) + bias[j] for j in range(len(bias))]
            following.append([float(value) for value in activation(np.array(z))])
        rows = following
        numbers = [value for row in rows for value in row]
        mean = sum(numbers) / len(numbers)
        stddevs.append(math.sqrt(sum((value - mean) ** 2 for value in numbers) / len(numbers)))
    return stddevs

# %% batch_normalise
def batch_normalise(z, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=0.001):
    num_examples, num_units = len(z), len(gamma)
    result = np.zeros((num_examples, num_units))
    new_mean, new_variance = [], []
    for unit in range(num_units):
        if training:
            mean = sum(z[i][unit] for i in range(num_examples)) / num_examples
            variance = sum((z[i][unit] - mean) ** 2 for i in range(num_examples)) / num_examples
            new_mean.append(momentum * moving_mean[unit] + (1 - momentum) * mean)
            new_variance.append(momentum * moving_variance[unit] + (1 - momentum) * variance)
        else:
            mean, variance = moving_mean[unit], moving_variance[unit]
            new_mean.append(mean)
            new_variance.append(variance)
        for i in range(num_examples):
            result[i, unit] = gamma[unit] * (z[i][unit] - mean) / math.sqrt(variance + epsilon) + beta[unit]
    return result, np.array(new_mean), np.array(new_variance)

# %% count_batchnorm_parameters
def count_batchnorm_parameters(num_inputs, layersizes):
    trainable, fixed = 0, 0
    before = num_inputs
    for k, units in enumerate(layersizes):
        trainable += before * units + units
        if k < len(layersizes) - 1:
            trainable += 2 * units
            fixed += 2 * units
        before = units
    return trainable, fixed

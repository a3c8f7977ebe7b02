"""Comprehensions all over, in the functions by hand."""

# %% count_parameters
def count_parameters(num_inputs, layersizes):
    return sum(a * b + b for a, b in zip([num_inputs] + layersizes, layersizes))

# %% activation_stddevs
def activation_stddevs(x, kernels, biases, activation):
    return [np.std(x := activation(x @ kernel + bias)) for kernel, bias in zip(kernels, biases)]

# %% count_batchnorm_parameters
def count_batchnorm_parameters(num_inputs, layersizes):
    widths = [num_inputs] + layersizes
    dense = sum((widths[i] + 1) * widths[i + 1] for i in range(len(layersizes)))
    extra = sum(2 * units for units in layersizes[:-1])
    return dense + extra, extra

"""Only the last layer's standard deviation is returned."""
# fails: signals_are_followed

# %% activation_stddevs
def activation_stddevs(x, kernels, biases, activation):
    for kernel, bias in zip(kernels, biases):
        x = activation(x @ kernel + bias)
    return [np.std(x)]

"""There is a standard deviation for each unit instead of one for each layer."""
# fails: signals_are_followed

# %% activation_stddevs
def activation_stddevs(x, kernels, biases, activation):
    stddevs = []
    for kernel, bias in zip(kernels, biases):
        x = activation(x @ kernel + bias)
        stddevs.append(np.std(x, axis=0))
    return stddevs

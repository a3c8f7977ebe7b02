"""The standard deviations are those of the pre-activations."""
# fails: signals_are_followed

# %% activation_stddevs
def activation_stddevs(x, kernels, biases, activation):
    stddevs = []
    for kernel, bias in zip(kernels, biases):
        z = x @ kernel + bias
        stddevs.append(np.std(z))
        x = activation(z)
    return stddevs

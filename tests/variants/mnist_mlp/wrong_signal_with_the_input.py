"""The list begins with the standard deviation of the input."""
# fails: signals_are_followed

# %% activation_stddevs
def activation_stddevs(x, kernels, biases, activation):
    stddevs = [np.std(x)]
    for kernel, bias in zip(kernels, biases):
        x = activation(x @ kernel + bias)
        stddevs.append(np.std(x))
    return stddevs

"""The root of the mean square is returned, which is the standard deviation around 0."""
# fails: signals_are_followed

# %% activation_stddevs
def activation_stddevs(x, kernels, biases, activation):
    stddevs = []
    for kernel, bias in zip(kernels, biases):
        x = activation(x @ kernel + bias)
        stddevs.append(np.sqrt(np.mean(x**2)))
    return stddevs

"""The biases are forgotten."""
# fails: signals_are_followed

# %% activation_stddevs
def activation_stddevs(x, kernels, biases, activation):
    stddevs = []
    for kernel in kernels:
        x = activation(x @ kernel)
        stddevs.append(np.std(x))
    return stddevs

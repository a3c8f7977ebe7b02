"""The input is centred in place before it goes through the layers."""
# fails: signals_are_followed

# %% activation_stddevs
def activation_stddevs(x, kernels, biases, activation):
    stddevs = []
    a = x.copy()
    for kernel, bias in zip(kernels, biases):
        a = activation(a @ kernel + bias)
        stddevs.append(np.std(a))
    x -= x.mean(axis=0)
    return stddevs

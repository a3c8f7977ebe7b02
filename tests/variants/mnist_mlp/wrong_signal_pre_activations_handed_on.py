"""The next layer gets the pre-activations."""
# fails: signals_are_followed

# %% activation_stddevs
def activation_stddevs(x, kernels, biases, activation):
    stddevs = []
    z = x
    for kernel, bias in zip(kernels, biases):
        z = z @ kernel + bias
        stddevs.append(np.std(activation(z)))
    return stddevs

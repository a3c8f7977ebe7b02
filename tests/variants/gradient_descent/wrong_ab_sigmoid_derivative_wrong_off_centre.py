"""The tanh form without z / 2; the factor multiplies these derivatives over the layers, as it should."""
# fails: derivative_matches_differences

# %% sigmoid_derivative
def sigmoid(z):
    return (1 + np.tanh(z / 2)) / 2


def sigmoid_derivative(z):
    return (1 - np.tanh(z) ** 2) / 4


def gradient_factor(pre_activations):
    return np.prod(sigmoid_derivative(pre_activations), axis=0)

"""The derivative is a one-sided difference quotient, good to five digits only."""
# fails: derivative_matches_differences

# %% sigmoid_derivative
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_derivative(z):
    return (sigmoid(z + 1e-4) - sigmoid(z)) / 1e-4


def gradient_factor(pre_activations):
    s = sigmoid(pre_activations)
    return np.prod(s * (1 - s), axis=0)

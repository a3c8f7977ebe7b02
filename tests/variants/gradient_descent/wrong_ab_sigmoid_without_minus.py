"""The sign in the exponent is missing: the sigmoid falls, and its derivative, by the formula, cannot show it."""
# fails: derivative_matches_differences

# %% sigmoid_derivative
def sigmoid(z):
    return 1 / (1 + np.exp(z))


def sigmoid_derivative(z):
    return sigmoid(z) * (1 - sigmoid(z))


def gradient_factor(pre_activations):
    return np.prod(sigmoid_derivative(pre_activations), axis=0)

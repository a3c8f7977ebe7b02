"""The derivative has the exponential above and below the line, and is not a number far out."""
# fails: derivative_matches_differences

# %% sigmoid_derivative
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_derivative(z):
    return np.exp(-z) / (1 + np.exp(-z)) ** 2


def gradient_factor(pre_activations):
    return np.prod(sigmoid_derivative(pre_activations), axis=0)

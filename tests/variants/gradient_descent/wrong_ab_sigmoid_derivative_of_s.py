"""The derivative expects the value of the sigmoid, not its argument."""
# fails: derivative_matches_differences

# %% sigmoid_derivative
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_derivative(s):
    return s * (1 - s)


def gradient_factor(pre_activations):
    return np.prod(sigmoid_derivative(sigmoid(pre_activations)), axis=0)

"""The sigmoid itself is written with the exponential above and below the line."""
# fails: derivative_matches_differences

# %% sigmoid_derivative
def sigmoid(z):
    return np.exp(z) / (np.exp(z) + 1)


def sigmoid_derivative(z):
    return sigmoid(z) * (1 - sigmoid(z))


def gradient_factor(pre_activations):
    return np.prod(sigmoid_derivative(pre_activations), axis=0)

"""Only the sigmoid overflows; its derivative has a formula of its own."""
# fails: derivative_matches_differences

# %% sigmoid_derivative
def sigmoid(z):
    return np.exp(z) / (1 + np.exp(z))


def sigmoid_derivative(z):
    e = np.exp(-np.abs(z))
    return e / (1 + e) ** 2


def gradient_factor(pre_activations):
    return np.prod(sigmoid_derivative(pre_activations), axis=0)

"""Every layer is taken to let a quarter through, which is only the most that it can."""
# fails: factor_is_a_product_over_layers

# %% sigmoid_derivative
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_derivative(z):
    return sigmoid(z) * (1 - sigmoid(z))


def gradient_factor(pre_activations):
    num_layers, num_units = pre_activations.shape
    return np.full(num_units, 0.25**num_layers)

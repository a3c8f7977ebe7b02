"""One number for the whole network: no axis is given to the product."""
# fails: factor_is_a_product_over_layers

# %% sigmoid_derivative
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_derivative(z):
    return sigmoid(z) * (1 - sigmoid(z))


def gradient_factor(pre_activations):
    return np.prod(sigmoid_derivative(pre_activations))

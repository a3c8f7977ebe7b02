"""The product runs over the units of a layer, not over the layers."""
# fails: factor_is_a_product_over_layers

# %% sigmoid_derivative
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_derivative(z):
    return sigmoid(z) * (1 - sigmoid(z))


def gradient_factor(pre_activations):
    return np.prod(sigmoid_derivative(pre_activations), axis=1)

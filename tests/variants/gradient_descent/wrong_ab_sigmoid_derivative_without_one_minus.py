"""The derivative lacks its second factor; the product over the layers is taken rightly, but of that."""
# fails: derivative_matches_differences factor_is_a_product_over_layers

# %% sigmoid_derivative
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_derivative(z):
    return sigmoid(z)


def gradient_factor(pre_activations):
    return np.prod(sigmoid_derivative(pre_activations), axis=0)

"""All layers are taken to be like the first."""
# fails: factor_is_a_product_over_layers

# %% sigmoid_derivative
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_derivative(z):
    return sigmoid(z) * (1 - sigmoid(z))


def gradient_factor(pre_activations):
    return sigmoid_derivative(pre_activations[0]) ** len(pre_activations)

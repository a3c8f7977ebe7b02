"""math.exp takes one number at a time, so that no array passes."""
# fails: derivative_matches_differences factor_is_a_product_over_layers

# %% sigmoid_derivative
import math


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


def sigmoid_derivative(z):
    return sigmoid(z) * (1 - sigmoid(z))


def gradient_factor(pre_activations):
    return np.prod(sigmoid_derivative(pre_activations), axis=0)

"""In the form with tanh the derivative takes z where z / 2 belongs: right at 0 and far out, and nowhere else."""
# fails: derivative_matches_differences

# %% sigmoid_derivative
def sigmoid(z):
    return (1 + np.tanh(z / 2)) / 2


def sigmoid_derivative(z):
    return (1 - np.tanh(z) ** 2) / 4


def gradient_factor(pre_activations):
    slopes = sigmoid(pre_activations) * (1 - sigmoid(pre_activations))
    return slopes.prod(axis=0)

"""The derivative is a forward difference with a step of a hundredth."""
# fails: gradient_is_the_slope_of_the_loss

# %% loss_and_gradient
def loss(theta):
    return theta * np.cos(np.pi * theta)


def gradient(theta, h=0.01):
    return (loss(theta + h) - loss(theta)) / h

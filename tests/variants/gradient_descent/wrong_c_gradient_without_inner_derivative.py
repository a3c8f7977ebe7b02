"""The derivative of cos(pi theta) is taken as -sin(pi theta)."""
# fails: gradient_is_the_slope_of_the_loss

# %% loss_and_gradient
def loss(theta):
    return theta * np.cos(np.pi * theta)


def gradient(theta):
    return np.cos(np.pi * theta) - theta * np.sin(np.pi * theta)

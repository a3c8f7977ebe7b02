"""A number comes back as an array with one element."""
# fails: loss_follows_its_formula gradient_is_the_slope_of_the_loss

# %% loss_and_gradient
def loss(theta):
    theta = np.atleast_1d(theta)
    return theta * np.cos(np.pi * theta)


def gradient(theta):
    theta = np.atleast_1d(theta)
    return np.cos(np.pi * theta) - np.pi * theta * np.sin(np.pi * theta)

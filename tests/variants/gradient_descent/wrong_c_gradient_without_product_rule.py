"""Only the cosine is differentiated: the derivative has one term of the product rule."""
# fails: gradient_is_the_slope_of_the_loss

# %% loss_and_gradient
def loss(theta):
    return theta * np.cos(np.pi * theta)


def gradient(theta):
    return -np.pi * theta * np.sin(np.pi * theta)

"""The loss multiplies its argument in place, so that the caller's array changes."""
# fails: loss_and_gradient_take_arrays

# %% loss_and_gradient
def loss(theta):
    factor = np.cos(np.pi * theta)
    theta *= factor
    return theta


def gradient(theta):
    return np.cos(np.pi * theta) - np.pi * theta * np.sin(np.pi * theta)

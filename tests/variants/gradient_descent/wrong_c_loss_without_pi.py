"""The loss forgets pi in the argument of the cosine."""
# fails: loss_follows_its_formula

# %% loss_and_gradient
def loss(theta):
    return theta * np.cos(theta)


def gradient(theta):
    return np.cos(np.pi * theta) - np.pi * theta * np.sin(np.pi * theta)

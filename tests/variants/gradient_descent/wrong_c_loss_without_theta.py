"""The loss is the cosine alone, without the factor theta."""
# fails: loss_follows_its_formula

# %% loss_and_gradient
def loss(theta):
    return np.cos(np.pi * theta)


def gradient(theta):
    return np.cos(np.pi * theta) - np.pi * theta * np.sin(np.pi * theta)

"""The sine is computed from the cosine by Pythagoras, which loses its sign."""
# fails: gradient_is_the_slope_of_the_loss

# %% loss_and_gradient
def loss(theta):
    return theta * np.cos(np.pi * theta)


def gradient(theta):
    cosine = np.cos(np.pi * theta)
    sine = np.sqrt(1 - cosine**2)
    return cosine - np.pi * theta * sine

"""Loss and gradient loop over len(theta), which a number does not have."""
# fails: loss_follows_its_formula gradient_is_the_slope_of_the_loss

# %% loss_and_gradient
def loss(theta):
    result = np.zeros_like(theta)
    for i in range(len(theta)):
        result[i] = theta[i] * np.cos(np.pi * theta[i])
    return result


def gradient(theta):
    result = np.zeros_like(theta)
    for i in range(len(theta)):
        result[i] = np.cos(np.pi * theta[i]) - np.pi * theta[i] * np.sin(np.pi * theta[i])
    return result

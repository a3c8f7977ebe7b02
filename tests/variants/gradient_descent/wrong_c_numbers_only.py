"""Loss and gradient use math and take numbers only."""
# fails: loss_and_gradient_take_arrays

# %% loss_and_gradient
import math


def loss(theta):
    return theta * math.cos(math.pi * theta)


def gradient(theta):
    return math.cos(math.pi * theta) - math.pi * theta * math.sin(math.pi * theta)

"""The factor 2 of the square is forgotten."""
# fails: gradient_is_that_of_the_loss

# %% gradient
def gradient(w, x, y):
    return float(np.mean((w * x - y) * x))

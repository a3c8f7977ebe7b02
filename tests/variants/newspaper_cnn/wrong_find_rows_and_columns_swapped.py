"""Rows and columns of the result are taken for each other."""
# fails: page_is_searched

# %% find_separators
def find_separators(model, page, height, width):
    x, _ = slow_patches(page, page, height, width, 0.0)
    return probabilities(model, x).reshape(page.shape[1] // width, page.shape[0] // height)

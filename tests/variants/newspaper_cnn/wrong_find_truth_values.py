"""Decisions instead of probabilities."""
# fails: page_is_searched

# %% find_separators
def find_separators(model, page, height, width):
    x, _ = slow_patches(page, page, height, width, 0.0)
    return (probabilities(model, x) > 0.5).reshape(page.shape[0] // height, page.shape[1] // width)

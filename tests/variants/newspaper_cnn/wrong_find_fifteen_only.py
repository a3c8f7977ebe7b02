"""Patches are always 15 x 15."""
# fails: page_is_searched

# %% find_separators
def find_separators(model, page, height, width):
    rows, columns = page.shape[0] // 15, page.shape[1] // 15
    tiles = page[: rows * 15, : columns * 15].reshape(rows, 15, columns, 15, 1).transpose(0, 2, 1, 3, 4)
    return np.asarray(model(tiles.reshape(-1, 15, 15, 1) / 255)).reshape(rows, columns)

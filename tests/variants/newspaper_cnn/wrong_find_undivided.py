"""Grey values go into the network undivided."""
# fails: page_is_searched

# %% find_separators
def find_separators(model, page, height, width):
    rows, columns = page.shape[0] // height, page.shape[1] // width
    tiles = page[: rows * height, : columns * width].reshape(rows, height, columns, width, 1).transpose(0, 2, 1, 3, 4)
    return np.asarray(model(tiles.reshape(-1, height, width, 1).astype("float32"))).reshape(rows, columns)

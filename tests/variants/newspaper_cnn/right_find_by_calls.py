"""The network is called on all patches at once, as a tensor."""

# %% find_separators
def find_separators(model, page, height, width):
    rows, columns = page.shape[0] // height, page.shape[1] // width
    tiles = page[: rows * height, : columns * width].reshape(rows, height, columns, width, 1).transpose(0, 2, 1, 3, 4)
    outputs = model(keras.ops.convert_to_tensor(tiles.reshape(-1, height, width, 1).astype("float32") / 255))
    return np.reshape(keras.ops.convert_to_numpy(outputs), (rows, columns))

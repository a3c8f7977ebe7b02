"""The page is split into strips, and the pile of strips into columns: one loop over rows and one over columns, none over patches."""

# %% get_patches
def get_patches(page, ground_truth, height, width, threshold):
    rows = page.shape[0] // height
    columns = page.shape[1] // width

    def pieces(picture):
        strips = np.stack(np.split(picture[: rows * height, : columns * width], rows, axis=0))
        return np.stack(np.split(strips, columns, axis=2), axis=1).reshape(-1, height, width)

    x = pieces(page).astype("float32") / 255.0
    dark = 255 - pieces(ground_truth).astype(int)
    y = np.where(dark.mean(axis=(1, 2)) / 255 > threshold, 1, 0)
    return np.expand_dims(x, -1), y

"""Patches are as wide as high, whatever the width is."""
# fails: patches_tile_the_page labels_say_where_separators_are

# %% get_patches
def get_patches(page, ground_truth, height, width, threshold):
    rows, columns = page.shape[0] // height, page.shape[1] // height

    def cut(picture):
        inside = picture[: rows * height, : columns * height].reshape(rows, height, columns, height)
        return inside.transpose(0, 2, 1, 3).reshape(rows * columns, height, height)

    y = (cut(ground_truth) == 0).mean(axis=(1, 2)) > threshold
    return cut(page)[..., np.newaxis].astype("float32") / 255, y.astype("int64")

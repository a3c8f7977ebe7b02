"""Height and width of a patch are taken for each other."""
# fails: patches_tile_the_page labels_say_where_separators_are

# %% get_patches
def get_patches(page, ground_truth, height, width, threshold):
    height, width = width, height
    rows, columns = page.shape[0] // height, page.shape[1] // width

    def cut(picture):
        inside = picture[: rows * height, : columns * width].reshape(rows, height, columns, width)
        return inside.transpose(0, 2, 1, 3).reshape(rows * columns, height, width)

    y = (cut(ground_truth) == 0).mean(axis=(1, 2)) > threshold
    return cut(page)[..., np.newaxis].astype("float32") / 255, y.astype("int64")

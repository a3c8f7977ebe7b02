"""The ground truth holds 0 and 1 afterwards."""
# fails: patches_tile_the_page

# %% get_patches
def get_patches(page, ground_truth, height, width, threshold):
    rows, columns = page.shape[0] // height, page.shape[1] // width

    def cut(picture):
        inside = picture[: rows * height, : columns * width].reshape(rows, height, columns, width)
        return inside.transpose(0, 2, 1, 3).reshape(rows * columns, height, width)

    x, y = cut(page)[..., np.newaxis].astype("float32") / 255, (cut(ground_truth) == 0).mean(axis=(1, 2)) > threshold
    ground_truth[ground_truth > 0] = 1
    return x, y.astype("int64")

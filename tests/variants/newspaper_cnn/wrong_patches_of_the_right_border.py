"""What is left over is cut off at the left, so that the patches end at the right border."""
# fails: patches_tile_the_page

# %% get_patches
def get_patches(page, ground_truth, height, width, threshold):
    rows, columns = page.shape[0] // height, page.shape[1] // width

    def cut(picture, left):
        inside = picture[: rows * height, left : left + columns * width].reshape(rows, height, columns, width)
        return inside.transpose(0, 2, 1, 3).reshape(rows * columns, height, width)

    y = (cut(ground_truth, 0) == 0).mean(axis=(1, 2)) > threshold
    return cut(page, page.shape[1] - columns * width)[..., np.newaxis].astype("float32") / 255, y.astype("int64")

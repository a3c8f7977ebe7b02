"""One loop over the strips of the page; labels come as truth values."""

# %% get_patches
def get_patches(page, ground_truth, height, width, threshold):
    columns = page.shape[1] // width
    x, y = [], []
    for top in range(0, page.shape[0] - height + 1, height):
        strip = page[top : top + height, : columns * width].reshape(height, columns, width)
        truth = ground_truth[top : top + height, : columns * width].reshape(height, columns, width)
        x.append(np.moveaxis(strip, 1, 0))
        y.append(np.count_nonzero(truth == 0, axis=(0, 2)) / (height * width) > threshold)
    return np.concatenate(x)[..., np.newaxis] / np.float32(255), np.concatenate(y)

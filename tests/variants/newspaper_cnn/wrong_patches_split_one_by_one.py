"""The page is cut into strips and each strip into patches by split: a loop over patches, with or without the word for."""
# fails: patches_tile_the_page

# %% get_patches
def get_patches(page, ground_truth, height, width, threshold):
    rows = page.shape[0] // height
    columns = page.shape[1] // width

    def pieces(picture):
        strips = np.split(picture[: rows * height, : columns * width], rows, axis=0)
        return np.concatenate([np.stack(np.split(strip, columns, axis=1)) for strip in strips])

    x = pieces(page).astype("float32") / 255.0
    dark = 255 - pieces(ground_truth).astype(int)
    y = np.where(dark.mean(axis=(1, 2)) / 255 > threshold, 1, 0)
    return np.expand_dims(x, -1), y

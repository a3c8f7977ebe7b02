"""Two loops go over all pixels."""
# fails: patches_tile_the_page

# %% get_patches
def get_patches(page, ground_truth, height, width, threshold):
    rows, columns = page.shape[0] // height, page.shape[1] // width
    x = np.zeros((rows * columns, height, width, 1), dtype="float32")
    dark = np.zeros(rows * columns)
    for i in range(rows * height):
        for j in range(columns * width):
            number = (i // height) * columns + j // width
            x[number, i % height, j % width, 0] = page[i, j] / 255
            if ground_truth[i, j] == 0:
                dark[number] += 1
    return x, (dark > threshold * height * width).astype("int64")

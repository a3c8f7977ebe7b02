"""Patches are a view of the page made by sliding_window_view, every height-th and width-th of it."""

# %% get_patches
def get_patches(page, ground_truth, height, width, threshold):
    def cut(picture):
        windows = np.lib.stride_tricks.sliding_window_view(picture, (height, width))
        return windows[::height, ::width].reshape(-1, height, width)

    x = (cut(page) / 255.0).astype(np.float32)
    y = ((cut(ground_truth) == 0).sum(axis=(1, 2)) > threshold * height * width).astype(int)
    return x[:, :, :, None], y

"""Indices are collected in a loop."""

# %% split_by_page
def split_by_page(x, y, page_of, test_page):
    train, test = [], []
    for index in range(len(y)):
        (test if page_of[index] == test_page else train).append(index)
    return [x[train], y[train]], [x[test], y[test]]

# %% separator_share
def separator_share(ground_truth):
    return (ground_truth < 128).sum() / (ground_truth.shape[0] * ground_truth.shape[1])

# %% steps_to_forget
import math


def steps_to_forget(momentum, share):
    n = max(0, math.floor(math.log(share) / math.log(momentum)) - 2)
    while not momentum**n < share:
        n = n + 1
    return n

# %% scores
def scores(y, probability):
    y = np.asarray(y).astype(bool).flatten()
    found = (np.asarray(probability) > 0.5).flatten()
    tp = np.count_nonzero(y & found)
    fp = np.count_nonzero(found) - tp
    fn = np.count_nonzero(y) - tp
    tn = y.size - tp - fp - fn
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "tp": tp, "fp": fp, "fn": fn, "tn": tn, "accuracy": np.mean(y == found),
            "precision": np.divide(tp, tp + fp), "recall": np.divide(tp, tp + fn),
        }

# %% find_separators
def find_separators(model, page, height, width):
    result = np.zeros((page.shape[0] // height, page.shape[1] // width))
    for row in range(result.shape[0]):
        strip = page[row * height : (row + 1) * height, : result.shape[1] * width]
        patches = strip.reshape(height, result.shape[1], width).swapaxes(0, 1)[..., None] / 255.0
        result[row] = model.predict(patches, verbose=0)[:, 0]
    return result

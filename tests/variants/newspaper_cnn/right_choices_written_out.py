"""Choices are made by plain assignments; labels are compared with what is left of 255."""

# %% is_separator
is_separator = {
    "rule between two columns": True,
    "line under a word of a headline": False,
    "short dash between two articles": True,
    "border of an advertisement": True,
    "fold of the paper": False,
    "rule of a table": True,
    "stem of a large letter": False,
    "dark edge of the scan": False,
}

# %% honest_split
honest_split = ["by patch", "by page"][1]

# %% largest_layer
largest_layer = "dense layer"

# %% separator_share
def separator_share(ground_truth):
    return 1 - np.count_nonzero(ground_truth) / ground_truth.size

# %% split_by_page
def split_by_page(x, y, page_of, test_page):
    train = np.flatnonzero(page_of != test_page)
    test = np.flatnonzero(page_of == test_page)
    return (x[train], y[train]), (x[test], y[test])

# %% steps_to_forget
def steps_to_forget(momentum, share):
    weight, steps = 1.0, 0
    while weight >= share:
        steps += 1
        weight = momentum ** steps
    return np.int64(steps)

# %% scores
def scores(y, probability):
    y, says = list(np.ravel(y)), [bool(p > 0.5) for p in np.ravel(probability)]
    tp = sum(1 for a, b in zip(y, says) if a == 1 and b)
    tn = sum(1 for a, b in zip(y, says) if a == 0 and not b)
    fp = sum(1 for a, b in zip(y, says) if a == 0 and b)
    fn = sum(1 for a, b in zip(y, says) if a == 1 and not b)
    result = dict(tp=tp, tn=tn, fp=fp, fn=fn, accuracy=(tp + tn) / len(y), precision=float("nan"), recall=float("nan"))
    if tp + fp > 0:
        result["precision"] = tp / (tp + fp)
    if tp + fn > 0:
        result["recall"] = tp / (tp + fn)
    return result

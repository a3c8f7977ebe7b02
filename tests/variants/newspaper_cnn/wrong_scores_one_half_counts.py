"""A probability of one half is enough."""
# fails: answers_are_scored

# %% scores
def scores(y, probability):
    found, is_there = np.ravel(probability) >= 0.5, np.ravel(y) == 1
    tp, fp = int(np.sum(found & is_there)), int(np.sum(found & ~is_there))
    fn, tn = int(np.sum(~found & is_there)), int(np.sum(~found & ~is_there))

    def share(part, whole):
        return part / whole if whole else float("nan")

    return {
        "tp": tp, "fp": fp, "fn": fn, "tn": tn,
        "accuracy": share(tp + tn, len(found)), "precision": share(tp, tp + fp), "recall": share(tp, tp + fn),
    }

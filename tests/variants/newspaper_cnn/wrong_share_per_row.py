"""Divided by the square of the width."""
# fails: share_is_counted

# %% separator_share
def separator_share(ground_truth):
    return np.sum(ground_truth == 0) / 20

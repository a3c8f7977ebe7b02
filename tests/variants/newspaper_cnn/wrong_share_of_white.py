"""The share of what is no separator."""
# fails: share_is_counted

# %% separator_share
def separator_share(ground_truth):
    return np.mean(ground_truth) / 255

"""Rounded to one digit."""
# fails: share_is_counted

# %% separator_share
def separator_share(ground_truth):
    return round(float(np.mean(ground_truth == 0)), 1)

"""Dropout is believed to leave most weights at 0."""
# fails: sparse_weights_are_explained

# %% sparse_choice
sparse_choice = "dropout"

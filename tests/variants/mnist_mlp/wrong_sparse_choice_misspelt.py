"""The choice has another spelling than those that are offered."""
# fails: sparse_weights_are_explained

# %% sparse_choice
sparse_choice = "l1 penalty"

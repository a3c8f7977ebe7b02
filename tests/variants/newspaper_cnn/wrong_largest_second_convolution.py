"""The second convolution is chosen."""
# fails: largest_layer_is_named

# %% largest_layer
largest_layer = "second convolution"

"""A normal distribution is named."""
# fails: default_initializer_is_named

# %% default_initializer
default_initializer = "random_normal"

"""Nothing is chosen."""
# fails: default_initializer_is_named

# %% default_initializer
default_initializer = None

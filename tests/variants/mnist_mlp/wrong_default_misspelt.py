"""The initialiser is named in words that are none of the options."""
# fails: default_initializer_is_named

# %% default_initializer
default_initializer = "Glorot uniform initializer"

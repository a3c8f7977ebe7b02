"""Glorot's normal distribution is named, not the uniform one."""
# fails: default_initializer_is_named

# %% default_initializer
default_initializer = "glorot_normal"

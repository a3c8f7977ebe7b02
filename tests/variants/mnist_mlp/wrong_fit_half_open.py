"""One of the two is left open."""
# fails: initializers_fit_their_activations

# %% initializer_for
initializer_for = {"tanh": "glorot", "relu": None}

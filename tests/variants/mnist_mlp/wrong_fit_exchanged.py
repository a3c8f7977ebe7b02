"""Glorot and He are exchanged."""
# fails: initializers_fit_their_activations

# %% initializer_for
initializer_for = {"tanh": "he", "relu": "glorot"}

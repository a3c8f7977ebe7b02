"""Keras's names of the initialisers are written instead of the two that are offered."""
# fails: initializers_fit_their_activations

# %% initializer_for
initializer_for = {"tanh": "glorot_normal", "relu": "he_normal"}

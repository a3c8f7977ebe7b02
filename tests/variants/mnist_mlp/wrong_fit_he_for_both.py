"""He is named for both."""
# fails: initializers_fit_their_activations

# %% initializer_for
initializer_for = {"tanh": "he", "relu": "he"}

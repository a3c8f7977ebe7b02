"""Nothing is normalised."""
# caught by: wide_weights_learn_when_normalised glorot_weights_learn_when_normalised

# %% model_batchnorm
def model_batchnorm(layersizes, initializer, activation):
    return model_param_init(layersizes, initializer, activation)

"""The initialiser is ignored: every kernel is drawn by Keras's default."""
# caught by: zeros_and_relu_do_not

# %% model_param_init
def model_param_init(layersizes, initializer, activation):
    return baseline_model(layersizes, activation)

"""The output is the same for every image: a network that is blind to its inputs."""
# caught by: relu_baseline_learns he_and_relu_learn wide_weights_learn_when_normalised glorot_weights_learn_when_normalised

# %% after the answers
def _blind(build):
    def built(*arguments):
        return keras.Sequential([keras.Input((784,)), keras.layers.Rescaling(0.0), *build(*arguments).layers])

    return built


baseline_model, model_param_init, model_batchnorm = map(_blind, (baseline_model, model_param_init, model_batchnorm))

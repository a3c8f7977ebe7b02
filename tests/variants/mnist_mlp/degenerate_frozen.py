"""Untrained: every layer is frozen."""
# caught by: relu_baseline_learns he_and_relu_learn wide_weights_learn_when_normalised glorot_weights_learn_when_normalised

# %% after the answers
def _frozen(build):
    def built(*arguments):
        model = build(*arguments)
        model.trainable = False
        return model

    return built


baseline_model, model_param_init, model_batchnorm = map(_frozen, (baseline_model, model_param_init, model_batchnorm))

"""Every kernel starts at zero, whatever is asked for."""
# caught by: relu_baseline_learns he_and_relu_learn wide_weights_learn_when_normalised glorot_weights_learn_when_normalised

# %% after the answers
def _from_zero(build):
    def built(*arguments):
        model = build(*arguments)
        for layer in model.layers:
            if isinstance(layer, keras.layers.Dense):
                layer.kernel.assign(0 * layer.kernel)
        return model

    return built


baseline_model, model_param_init, model_batchnorm = map(_from_zero, (baseline_model, model_param_init, model_batchnorm))

"""The hidden layers are sigmoids whatever is asked for: a network that learns too, only later."""

# %% after the answers
def _sigmoid(build):
    def built(layersizes, *arguments):
        return build(layersizes, *arguments[:-1], "sigmoid")

    return built


baseline_model, model_param_init = map(_sigmoid, (baseline_model, model_param_init))

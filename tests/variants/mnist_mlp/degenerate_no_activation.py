"""The hidden layers have no activation, so that the network is a linear one with a softmax, which learns digits quite well."""

# %% after the answers
def _linear(build):
    def built(layersizes, *arguments):
        return build(layersizes, *arguments[:-1], "linear")

    return built


baseline_model, model_param_init, model_batchnorm = map(_linear, (baseline_model, model_param_init, model_batchnorm))

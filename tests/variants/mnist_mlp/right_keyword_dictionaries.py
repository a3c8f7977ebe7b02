"""The options of a layer are gathered in dictionaries first."""

# %% baseline_model
def baseline_model(layersizes, activation):
    options = [{"units": units, "activation": activation} for units in layersizes]
    options[-1]["activation"] = "softmax"
    return keras.Sequential([keras.layers.Input(shape=(784,))] + [keras.layers.Dense(**option) for option in options])

# %% regularised_model
def regularised_model(layersizes, activation, l1, l2, dropout):
    options = {}
    if l1 or l2:
        options["kernel_regularizer"] = keras.regularizers.L1L2(**{"l1": l1, "l2": l2})
    model = keras.Sequential([keras.layers.Input(shape=(784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(**{"units": units, "activation": activation, **options}))
        if dropout:
            model.add(keras.layers.Dropout(**{"rate": dropout}))
    model.add(keras.layers.Dense(**{"units": layersizes[-1], "activation": "softmax", **options}))
    return model

# %% model_param_init
def model_param_init(layersizes, initializer, activation):
    model = keras.Sequential([keras.layers.Input(shape=(784,))])
    for number, units in enumerate(layersizes):
        is_output = number == len(layersizes) - 1
        options = {
            "units": units,
            "activation": "softmax" if is_output else activation,
            "kernel_initializer": keras.initializers.get(initializer).clone(),
            "bias_initializer": "zeros",
            "name": "output" if is_output else f"hidden_{number + 1}",
        }
        model.add(keras.layers.Dense(**options))
    return model

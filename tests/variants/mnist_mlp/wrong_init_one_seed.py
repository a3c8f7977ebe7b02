"""Each layer has its own initialiser, all of them with the same seed."""
# fails: each_layer_draws_its_own_numbers

# %% model_param_init
def model_param_init(layersizes, initializer, activation):
    given = keras.initializers.get(initializer)

    def seeded():
        settings = given.get_config()
        if "seed" in settings:
            settings["seed"] = 42
        return given.__class__(**settings)

    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation=activation, kernel_initializer=seeded()))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax", kernel_initializer=seeded()))
    return model

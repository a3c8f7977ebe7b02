"""Each layer's initialiser has a seed of its own, drawn from NumPy."""

# %% model_param_init
def model_param_init(layersizes, initializer, activation):
    described = keras.initializers.get(initializer)

    def seeded():
        settings = described.get_config()
        if "seed" in settings:
            settings["seed"] = int(np.random.randint(2**31))
        return type(described)(**settings)

    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation=activation, kernel_initializer=seeded()))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax", kernel_initializer=seeded()))
    return model

"""The initialiser is serialised once, and each layer gets the description."""

# %% model_param_init
def model_param_init(layersizes, initializer, activation):
    description = keras.initializers.serialize(keras.initializers.get(initializer))
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation=activation, kernel_initializer=keras.initializers.deserialize(description)))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax", kernel_initializer=keras.initializers.deserialize(description)))
    return model

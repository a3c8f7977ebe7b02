"""Batch normalisation with options of its own that the task leaves open: momentum, name, axis."""

# %% model_batchnorm
def model_batchnorm(layersizes, initializer, activation):
    draw = keras.initializers.get(initializer)
    model = keras.Sequential(name="normalised")
    model.add(keras.Input((784,)))
    for number, units in enumerate(layersizes[:-1], start=1):
        model.add(keras.layers.Dense(units, kernel_initializer=draw.clone(), name=f"hidden_{number}"))
        model.add(keras.layers.BatchNormalization(axis=-1, momentum=0.9, epsilon=1e-5, name=f"norm_{number}"))
        model.add(keras.layers.Activation(activation, name=f"activation_{number}"))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax", kernel_initializer=draw.clone(), name="output"))
    return model

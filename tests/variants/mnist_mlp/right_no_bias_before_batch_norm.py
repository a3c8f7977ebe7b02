"""The dense layers in front of a batch normalisation have no bias."""

# %% model_batchnorm
def model_batchnorm(layersizes, initializer, activation):
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, use_bias=False, kernel_initializer=keras.initializers.get(initializer).clone()))
        model.add(keras.layers.BatchNormalization())
        model.add(keras.layers.Activation(activation))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax", kernel_initializer=keras.initializers.get(initializer).clone()))
    return model

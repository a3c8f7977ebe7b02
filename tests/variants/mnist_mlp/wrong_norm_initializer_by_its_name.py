"""The initialiser is passed on by the name of its class, without its settings."""
# fails: batch_norm_keeps_the_initializer

# %% model_batchnorm
def model_batchnorm(layersizes, initializer, activation):
    name = type(keras.initializers.get(initializer)).__name__
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, kernel_initializer=name))
        model.add(keras.layers.BatchNormalization())
        model.add(keras.layers.Activation(activation))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax", kernel_initializer=name))
    return model

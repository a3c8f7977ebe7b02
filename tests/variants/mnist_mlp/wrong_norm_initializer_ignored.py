"""The initialiser is not used."""
# fails: batch_norm_keeps_the_initializer

# %% model_batchnorm
def model_batchnorm(layersizes, initializer, activation):
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units))
        model.add(keras.layers.BatchNormalization())
        model.add(keras.layers.Activation(activation))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax"))
    return model

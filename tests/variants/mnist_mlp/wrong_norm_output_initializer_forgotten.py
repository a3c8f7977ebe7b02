"""The output layer has Keras's default initialiser."""
# fails: batch_norm_keeps_the_initializer

# %% model_batchnorm
def model_batchnorm(layersizes, initializer, activation):
    draw = keras.initializers.get(initializer)
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, kernel_initializer=draw.clone()))
        model.add(keras.layers.BatchNormalization())
        model.add(keras.layers.Activation(activation))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax"))
    return model

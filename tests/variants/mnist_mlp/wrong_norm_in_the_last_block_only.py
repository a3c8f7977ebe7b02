"""Only the last hidden layer is normalised, since the layer is added after the loop."""
# fails: batch_norm_before_each_activation

# %% model_batchnorm
def model_batchnorm(layersizes, initializer, activation):
    draw = keras.initializers.get(initializer)
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-2]:
        model.add(keras.layers.Dense(units, activation=activation, kernel_initializer=draw.clone()))
    model.add(keras.layers.Dense(layersizes[-2], kernel_initializer=draw.clone()))
    model.add(keras.layers.BatchNormalization())
    model.add(keras.layers.Activation(activation))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax", kernel_initializer=draw.clone()))
    return model

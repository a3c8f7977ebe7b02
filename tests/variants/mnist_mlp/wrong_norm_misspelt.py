"""The class of the layer is misspelt, so that every call raises an exception."""
# fails: batch_norm_before_each_activation batch_norm_keeps_the_initializer batch_norm_rescues_wide_weights

# %% model_batchnorm
def model_batchnorm(layersizes, initializer, activation):
    draw = keras.initializers.get(initializer)
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, kernel_initializer=draw.clone()))
        model.add(keras.layers.BatchNormalisation())
        model.add(keras.layers.Activation(activation))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax", kernel_initializer=draw.clone()))
    return model

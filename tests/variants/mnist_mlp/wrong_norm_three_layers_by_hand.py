"""Three normalised layers are written out by hand."""
# fails: batch_norm_before_each_activation batch_norm_keeps_the_initializer batch_norm_rescues_wide_weights

# %% model_batchnorm
def model_batchnorm(layersizes, initializer, activation):
    draw = keras.initializers.get(initializer)
    return keras.Sequential([
        keras.Input((784,)),
        keras.layers.Dense(layersizes[0], kernel_initializer=draw.clone()),
        keras.layers.BatchNormalization(),
        keras.layers.Activation(activation),
        keras.layers.Dense(layersizes[1], kernel_initializer=draw.clone()),
        keras.layers.BatchNormalization(),
        keras.layers.Activation(activation),
        keras.layers.Dense(layersizes[2], kernel_initializer=draw.clone()),
        keras.layers.BatchNormalization(),
        keras.layers.Activation(activation),
        keras.layers.Dense(layersizes[3], activation="softmax", kernel_initializer=draw.clone()),
    ])

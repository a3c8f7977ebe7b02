"""A flag switches batch normalisation on, and nobody sets it."""
# fails: batch_norm_before_each_activation batch_norm_rescues_wide_weights

# %% model_batchnorm
def model_batchnorm(layersizes, initializer, activation, use_batch_norm=False):
    draw = keras.initializers.get(initializer)
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, kernel_initializer=draw.clone()))
        if use_batch_norm:
            model.add(keras.layers.BatchNormalization())
        model.add(keras.layers.Activation(activation))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax", kernel_initializer=draw.clone()))
    return model

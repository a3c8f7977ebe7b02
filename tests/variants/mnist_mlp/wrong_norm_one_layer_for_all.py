"""One BatchNormalization serves all hidden layers, which is not even possible when their sizes differ."""
# fails: batch_norm_before_each_activation batch_norm_keeps_the_initializer batch_norm_rescues_wide_weights

# %% model_batchnorm
def model_batchnorm(layersizes, initializer, activation):
    draw = keras.initializers.get(initializer)
    norm = keras.layers.BatchNormalization()
    inputs = keras.Input((784,))
    x = inputs
    for units in layersizes[:-1]:
        x = keras.layers.Dense(units, kernel_initializer=draw.clone())(x)
        x = keras.layers.Activation(activation)(norm(x))
    return keras.Model(inputs, keras.layers.Dense(layersizes[-1], activation="softmax", kernel_initializer=draw.clone())(x))

"""One Dropout layer is called after each hidden layer; it has no weights, so it is as good as several."""

# %% regularised_model
def regularised_model(layersizes, activation, l1, l2, dropout):
    drop = keras.layers.Dropout(dropout)
    penalty = keras.regularizers.l1_l2(l1=l1, l2=l2)
    inputs = keras.Input((784,))
    x = inputs
    for units in layersizes[:-1]:
        x = drop(keras.layers.Dense(units, activation, kernel_regularizer=penalty)(x))
    return keras.Model(inputs, keras.layers.Dense(layersizes[-1], "softmax", kernel_regularizer=penalty)(x))

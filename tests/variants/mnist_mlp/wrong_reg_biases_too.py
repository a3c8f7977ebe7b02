"""The biases are penalised beside the kernels, which costs nothing as long as they are 0."""
# fails: penalties_are_on_every_kernel

# %% regularised_model
def regularised_model(layersizes, activation, l1, l2, dropout):
    penalty = keras.regularizers.L1L2(l1, l2)
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation=activation, kernel_regularizer=penalty, bias_regularizer=penalty))
        model.add(keras.layers.Dropout(dropout))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax", kernel_regularizer=penalty, bias_regularizer=penalty))
    return model

"""A regulariser of the student's own, a function of the kernel."""

# %% regularised_model
def regularised_model(layersizes, activation, l1, l2, dropout):
    def penalty(kernel):
        return l1 * keras.ops.sum(keras.ops.abs(kernel)) + l2 * keras.ops.sum(keras.ops.square(kernel))

    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation=activation, kernel_regularizer=penalty))
        model.add(keras.layers.Dropout(dropout))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax", kernel_regularizer=penalty))
    return model

"""A regulariser is made only where a factor is above 0, of the class that is needed."""

# %% regularised_model
def penalty_of(l1, l2):
    if l1 > 0 and l2 > 0:
        return keras.regularizers.L1L2(l1=l1, l2=l2)
    if l1 > 0:
        return keras.regularizers.L1(l1)
    if l2 > 0:
        return keras.regularizers.L2(l2)
    return None


def regularised_model(layersizes, activation, l1, l2, dropout):
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        if l1 > 0 or l2 > 0:
            model.add(keras.layers.Dense(units, activation=activation, kernel_regularizer=penalty_of(l1, l2)))
        else:
            model.add(keras.layers.Dense(units, activation=activation))
        if dropout > 0:
            model.add(keras.layers.Dropout(dropout))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax", kernel_regularizer=penalty_of(l1, l2)))
    return model

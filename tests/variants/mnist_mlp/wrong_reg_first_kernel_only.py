"""Only the first kernel is penalised."""
# fails: penalties_are_on_every_kernel

# %% regularised_model
def regularised_model(layersizes, activation, l1, l2, dropout):
    model = keras.Sequential([keras.Input((784,))])
    for number, units in enumerate(layersizes[:-1]):
        penalty = keras.regularizers.L1L2(l1, l2) if number == 0 else None
        model.add(keras.layers.Dense(units, activation=activation, kernel_regularizer=penalty))
        model.add(keras.layers.Dropout(dropout))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax"))
    return model

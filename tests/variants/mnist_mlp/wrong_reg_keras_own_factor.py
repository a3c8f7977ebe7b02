"""The penalties are named by their strings, which have Keras's own factor of 0.01."""
# fails: penalties_are_on_every_kernel

# %% regularised_model
def regularised_model(layersizes, activation, l1, l2, dropout):
    penalty = "l1_l2" if l1 and l2 else "l1" if l1 else "l2" if l2 else None
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation=activation, kernel_regularizer=penalty))
        model.add(keras.layers.Dropout(dropout))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax", kernel_regularizer=penalty))
    return model

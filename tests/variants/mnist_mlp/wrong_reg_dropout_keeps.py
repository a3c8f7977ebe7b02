"""The rate is taken for the probability of keeping a unit."""
# fails: dropout_follows_each_hidden_layer

# %% regularised_model
def regularised_model(layersizes, activation, l1, l2, dropout):
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation=activation, kernel_regularizer=keras.regularizers.L1L2(l1, l2)))
        model.add(keras.layers.Dropout(1 - dropout))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax", kernel_regularizer=keras.regularizers.L1L2(l1, l2)))
    return model

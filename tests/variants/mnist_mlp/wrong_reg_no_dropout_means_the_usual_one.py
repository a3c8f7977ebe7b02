"""A dropout of 0 counts as not given, and a half is taken."""
# fails: dropout_follows_each_hidden_layer

# %% regularised_model
def regularised_model(layersizes, activation, l1=0.0, l2=0.0, dropout=0.5):
    rate = dropout or 0.5
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation=activation, kernel_regularizer=keras.regularizers.L1L2(l1, l2)))
        model.add(keras.layers.Dropout(rate))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax", kernel_regularizer=keras.regularizers.L1L2(l1, l2)))
    return model

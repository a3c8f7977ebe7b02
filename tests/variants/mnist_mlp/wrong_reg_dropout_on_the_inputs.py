"""Dropout stands before every dense layer, so that inputs are dropped, too."""
# fails: dropout_follows_each_hidden_layer

# %% regularised_model
def regularised_model(layersizes, activation, l1, l2, dropout):
    model = keras.Sequential([keras.Input((784,))])
    for number, units in enumerate(layersizes):
        if dropout > 0:
            model.add(keras.layers.Dropout(dropout))
        function = "softmax" if number == len(layersizes) - 1 else activation
        model.add(keras.layers.Dense(units, activation=function, kernel_regularizer=keras.regularizers.L1L2(l1, l2)))
    return model

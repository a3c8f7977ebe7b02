"""A class of its own whose dropout layers are called with training=True always, so that predictions are drawn by lot."""
# fails: dropout_follows_each_hidden_layer

# %% regularised_model
class AlwaysDrops(keras.Model):
    def __init__(self, layersizes, activation, l1, l2, dropout):
        super().__init__()
        self.dense = [
            keras.layers.Dense(units, activation, kernel_regularizer=keras.regularizers.L1L2(l1, l2)) for units in layersizes[:-1]
        ]
        self.drop = keras.layers.Dropout(dropout)
        self.head = keras.layers.Dense(layersizes[-1], "softmax", kernel_regularizer=keras.regularizers.L1L2(l1, l2))

    def call(self, x):
        for dense in self.dense:
            x = self.drop(dense(x), training=True)
        return self.head(x)


def regularised_model(layersizes, activation, l1, l2, dropout):
    return AlwaysDrops(layersizes, activation, l1, l2, dropout)

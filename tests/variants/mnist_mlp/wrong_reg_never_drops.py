"""A class whose dropout layers are called with training=False always."""
# fails: dropout_follows_each_hidden_layer

# %% regularised_model
class NeverDrops(keras.Model):
    def __init__(self, layersizes, activation, l1, l2, dropout):
        super().__init__()
        self.dense = [
            keras.layers.Dense(units, activation, kernel_regularizer=keras.regularizers.L1L2(l1, l2)) for units in layersizes[:-1]
        ]
        self.drop = [keras.layers.Dropout(dropout) for _ in layersizes[:-1]]
        self.head = keras.layers.Dense(layersizes[-1], "softmax", kernel_regularizer=keras.regularizers.L1L2(l1, l2))

    def call(self, x, training=False):
        for dense, drop in zip(self.dense, self.drop):
            x = drop(dense(x), training=False)
        return self.head(x)


def regularised_model(layersizes, activation, l1, l2, dropout):
    return NeverDrops(layersizes, activation, l1, l2, dropout)

"""Layers of the student's own, each a block of dense, normalisation or dropout, and activation."""

# %% regularised_model
class RestrainedBlock(keras.layers.Layer):
    def __init__(self, units, activation, l1, l2, dropout):
        super().__init__()
        self.dense = keras.layers.Dense(units, activation=activation, kernel_regularizer=keras.regularizers.L1L2(l1, l2))
        self.drop = keras.layers.Dropout(dropout)

    def call(self, x, training=None):
        return self.drop(self.dense(x), training=training)


def regularised_model(layersizes, activation, l1, l2, dropout):
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(RestrainedBlock(units, activation, l1, l2, dropout))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax", kernel_regularizer=keras.regularizers.L1L2(l1, l2)))
    return model

# %% model_batchnorm
class NormalisedBlock(keras.layers.Layer):
    def __init__(self, units, initializer, activation, **kwargs):
        super().__init__(**kwargs)
        self.dense = keras.layers.Dense(units, use_bias=False, kernel_initializer=initializer)
        self.norm = keras.layers.BatchNormalization()
        self.activation = keras.layers.Activation(activation)

    def call(self, x, training=None):
        return self.activation(self.norm(self.dense(x), training=training))


def model_batchnorm(layersizes, initializer, activation):
    draw = keras.initializers.get(initializer)
    inputs = keras.Input((784,))
    x = inputs
    for units in layersizes[:-1]:
        x = NormalisedBlock(units, draw.clone(), activation)(x)
    x = keras.layers.Dense(layersizes[-1], activation="softmax", kernel_initializer=draw.clone())(x)
    return keras.Model(inputs, x)

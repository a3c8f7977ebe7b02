"""A subclass of Model for each function, with its layers as attributes."""

# %% baseline_model
class BaselineByAttributes(keras.Model):
    def __init__(self, layersizes, activation):
        super().__init__()
        self.num_hidden = len(layersizes) - 1
        for number in range(self.num_hidden):
            setattr(self, f"hidden_{number}", keras.layers.Dense(layersizes[number], activation=activation))
        self.last = keras.layers.Dense(layersizes[-1], activation="softmax")

    def call(self, inputs):
        x = inputs
        for number in range(self.num_hidden):
            x = getattr(self, f"hidden_{number}")(x)
        return self.last(x)


def baseline_model(layersizes, activation):
    return BaselineByAttributes(layersizes, activation)

# %% regularised_model
class RegularisedByAttributes(keras.Model):
    def __init__(self, layersizes, activation, l1, l2, dropout):
        super().__init__()
        self.num_hidden = len(layersizes) - 1
        for number in range(self.num_hidden):
            penalty = keras.regularizers.L1L2(l1, l2)
            setattr(self, f"hidden_{number}", keras.layers.Dense(layersizes[number], activation, kernel_regularizer=penalty))
            setattr(self, f"dropout_{number}", keras.layers.Dropout(dropout))
        self.last = keras.layers.Dense(layersizes[-1], "softmax", kernel_regularizer=keras.regularizers.L1L2(l1, l2))

    def call(self, inputs, training=False):
        x = inputs
        for number in range(self.num_hidden):
            x = getattr(self, f"hidden_{number}")(x)
            x = getattr(self, f"dropout_{number}")(x, training=training)
        return self.last(x)


def regularised_model(layersizes, activation, l1, l2, dropout):
    return RegularisedByAttributes(layersizes, activation, l1, l2, dropout)

# %% model_batchnorm
class NormalisedByAttributes(keras.Model):
    def __init__(self, layersizes, initializer, activation):
        super().__init__()
        self.num_hidden = len(layersizes) - 1
        self.function = keras.activations.get(activation)
        for number in range(self.num_hidden):
            own = keras.initializers.get(initializer).clone()
            setattr(self, f"dense_{number}", keras.layers.Dense(layersizes[number], kernel_initializer=own))
            setattr(self, f"norm_{number}", keras.layers.BatchNormalization())
        own = keras.initializers.get(initializer).clone()
        self.last = keras.layers.Dense(layersizes[-1], kernel_initializer=own, activation="softmax")

    def call(self, inputs, training=False):
        x = inputs
        for number in range(self.num_hidden):
            x = getattr(self, f"dense_{number}")(x)
            x = getattr(self, f"norm_{number}")(x, training=training)
            x = self.function(x)
        return self.last(x)


def model_batchnorm(layersizes, initializer, activation):
    return NormalisedByAttributes(layersizes, initializer, activation)

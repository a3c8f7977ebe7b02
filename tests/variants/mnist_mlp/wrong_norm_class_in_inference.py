"""A class of its own that calls its normalisations with training=False always."""
# fails: batch_norm_before_each_activation

# %% model_batchnorm
class NormalisedInInference(keras.Model):
    def __init__(self, layersizes, initializer, activation):
        super().__init__()
        draw = keras.initializers.get(initializer)
        self.dense = [keras.layers.Dense(units, kernel_initializer=draw.clone()) for units in layersizes[:-1]]
        self.norms = [keras.layers.BatchNormalization() for _ in layersizes[:-1]]
        self.activate = keras.layers.Activation(activation)
        self.head = keras.layers.Dense(layersizes[-1], "softmax", kernel_initializer=draw.clone())

    def call(self, x):
        for dense, norm in zip(self.dense, self.norms):
            x = self.activate(norm(dense(x), training=False))
        return self.head(x)


def model_batchnorm(layersizes, initializer, activation):
    return NormalisedInInference(layersizes, initializer, activation)

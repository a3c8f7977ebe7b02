"""Activations come from tf.nn where they are known by name, and the softmax is tf.nn.softmax."""

# %% baseline_model
def baseline_model(layersizes, activation):
    function = {"relu": tf.nn.relu, "sigmoid": tf.nn.sigmoid, "tanh": tf.nn.tanh}.get(activation, activation)
    model = tf.keras.Sequential([tf.keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(tf.keras.layers.Dense(units, activation=function))
    model.add(tf.keras.layers.Dense(layersizes[-1], activation=tf.nn.softmax))
    return model

# %% regularised_model
def regularised_model(layersizes, activation, l1, l2, dropout):
    function = tf.nn.relu if activation == "relu" else activation
    model = tf.keras.models.Sequential()
    model.add(tf.keras.layers.Input(shape=(784,)))
    for units in layersizes[:-1]:
        model.add(tf.keras.layers.Dense(units, activation=function, kernel_regularizer=tf.keras.regularizers.L1L2(l1=l1, l2=l2)))
        model.add(tf.keras.layers.Dropout(dropout))
    model.add(tf.keras.layers.Dense(layersizes[-1], activation=tf.nn.softmax, kernel_regularizer=tf.keras.regularizers.L1L2(l1=l1, l2=l2)))
    return model

# %% model_batchnorm
class NormalisedInTensorFlow(tf.keras.Model):
    def __init__(self, layersizes, initializer, activation):
        super().__init__()
        self.functions = {"relu": tf.nn.relu, "sigmoid": tf.nn.sigmoid, "tanh": tf.nn.tanh}
        self.activation = activation
        draw = tf.keras.initializers.get(initializer)
        self.dense = [tf.keras.layers.Dense(units, kernel_initializer=draw.clone()) for units in layersizes]
        self.norms = [tf.keras.layers.BatchNormalization() for _ in layersizes[:-1]]

    def call(self, x, training=False):
        function = self.functions.get(self.activation, self.activation)
        for dense, norm in zip(self.dense[:-1], self.norms):
            x = function(norm(dense(x), training=training))
        return tf.nn.softmax(self.dense[-1](x))


def model_batchnorm(layersizes, initializer, activation):
    return NormalisedInTensorFlow(layersizes, initializer, activation)

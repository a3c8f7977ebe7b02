"""Keras's defaults are written down once more, through tf.keras."""

# %% make_optimizer
def make_optimizer(name, learning_rate):
    if name == "SGD":
        return tf.keras.optimizers.SGD(learning_rate=learning_rate, momentum=0.0, nesterov=False)
    elif name == "momentum":
        return tf.keras.optimizers.SGD(learning_rate=learning_rate, momentum=0.9, nesterov=True)
    elif name == "RMSprop":
        return tf.keras.optimizers.RMSprop(learning_rate=learning_rate, rho=0.9, momentum=0.0, epsilon=1e-07)
    elif name == "Adam":
        return tf.keras.optimizers.Adam(learning_rate=learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-07, amsgrad=False)
    raise ValueError(name)

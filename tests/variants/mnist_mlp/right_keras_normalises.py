"""The normalisation by hand asks Keras's own layer."""

# %% batch_normalise
def batch_normalise(z, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=0.001):
    layer = keras.layers.BatchNormalization(momentum=momentum, epsilon=epsilon, dtype="float64")
    layer.build(z.shape)
    layer.set_weights([gamma, beta, moving_mean, moving_variance])
    result = np.asarray(layer(z, training=training))
    return result, np.asarray(layer.moving_mean), np.asarray(layer.moving_variance)

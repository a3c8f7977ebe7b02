"""Activations are functions of Keras's, called between the layers."""

# %% get_net
def get_net(weight_init, bias_init, batch_norm=False, img_h=15, img_w=15, channels=1, kernels=3, init_size=64, dropout=0.1, dense_size=128):
    def own():
        return dict(kernel_initializer=keras.initializers.get(weight_init).clone(), bias_initializer=keras.initializers.get(bias_init).clone())

    def relu(x):
        return keras.ops.relu(keras.layers.BatchNormalization()(x) if batch_norm else x)

    inputs = keras.Input((img_h, img_w, channels))
    x = relu(keras.layers.Conv2D(init_size, kernels, **own())(inputs))
    x = relu(keras.layers.Conv2D(2 * init_size, kernels, padding="valid", strides=1, **own())(x))
    x = keras.layers.MaxPooling2D((2, 2), strides=2)(x)
    x = relu(keras.layers.Dense(dense_size, **own())(keras.layers.Flatten()(x)))
    x = keras.layers.Dropout(dropout)(x)
    return keras.Model(inputs, keras.ops.sigmoid(keras.layers.Dense(1, **own())(x)))

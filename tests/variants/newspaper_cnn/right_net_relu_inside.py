"""Activations stand in the layers where nothing is normalised."""

# %% get_net
def get_net(weight_init, bias_init, batch_norm=False, img_h=15, img_w=15, channels=1, kernels=3, init_size=64, dropout=0.1, dense_size=128):
    from keras import layers

    def options():
        return dict(kernel_initializer=keras.initializers.get(weight_init).clone(), bias_initializer=keras.initializers.get(bias_init).clone())

    if not batch_norm:
        return keras.Sequential([
            layers.Input((img_h, img_w, channels)),
            layers.Conv2D(init_size, (kernels, kernels), activation="relu", **options()),
            layers.Conv2D(init_size * 2, (kernels, kernels), activation="relu", **options()),
            layers.MaxPool2D(pool_size=(2, 2)),
            layers.Flatten(),
            layers.Dense(dense_size, activation="relu", **options()),
            layers.Dropout(dropout),
            layers.Dense(1, activation="sigmoid", **options()),
        ])
    return keras.Sequential([
        layers.Input((img_h, img_w, channels)),
        layers.Conv2D(init_size, (kernels, kernels), **options()),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.Conv2D(init_size * 2, (kernels, kernels), **options()),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.MaxPool2D(pool_size=(2, 2)),
        layers.Flatten(),
        layers.Dense(dense_size, **options()),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.Dropout(dropout),
        layers.Dense(1, activation="sigmoid", **options()),
    ])

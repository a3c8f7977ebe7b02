"""The second ReLU comes after the pooling, which gives the same."""

# %% get_net
def get_net(weight_init, bias_init, batch_norm=False, img_h=15, img_w=15, channels=1, kernels=3, init_size=64, dropout=0.1, dense_size=128):
    def own():
        return dict(kernel_initializer=keras.initializers.get(weight_init).clone(), bias_initializer=keras.initializers.get(bias_init).clone())

    layers = [keras.layers.Conv2D(init_size, kernels, **own())]
    if batch_norm:
        layers.append(keras.layers.BatchNormalization())
    layers += [keras.layers.ReLU(), keras.layers.Conv2D(2 * init_size, kernels, **own())]
    if batch_norm:
        layers.append(keras.layers.BatchNormalization())
    layers += [keras.layers.MaxPooling2D(), keras.layers.ReLU(), keras.layers.Flatten(), keras.layers.Dense(dense_size, **own())]
    if batch_norm:
        layers.append(keras.layers.BatchNormalization())
    layers += [keras.layers.ReLU(), keras.layers.Dropout(dropout), keras.layers.Dense(1, "sigmoid", **own())]
    return keras.Sequential([keras.Input((img_h, img_w, channels)), *layers])

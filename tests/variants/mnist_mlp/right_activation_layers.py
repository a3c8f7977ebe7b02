"""Every activation is an Activation layer, the softmax too."""

# %% baseline_model
def baseline_model(layersizes, activation):
    stack = [keras.Input((784,))]
    *hidden, last = layersizes
    for size in hidden:
        stack += [keras.layers.Dense(size), keras.layers.Activation(activation)]
    stack += [keras.layers.Dense(last), keras.layers.Activation("softmax")]
    return keras.Sequential(stack)

# %% regularised_model
def regularised_model(layersizes, activation, l1, l2, dropout):
    stack = [keras.Input((784,))]
    *hidden, last = layersizes
    for size in hidden:
        stack.append(keras.layers.Dense(size, kernel_regularizer=keras.regularizers.l1_l2(l1, l2)))
        stack.append(keras.layers.Activation(activation))
        stack.append(keras.layers.Dropout(dropout))
    stack.append(keras.layers.Dense(last, kernel_regularizer=keras.regularizers.l1_l2(l1, l2)))
    stack.append(keras.layers.Activation("softmax"))
    return keras.Sequential(stack)

# %% model_param_init
def model_param_init(layersizes, initializer, activation):
    stack = [keras.Input((784,))]
    *hidden, last = layersizes
    for size in hidden:
        own = keras.initializers.get(initializer).clone()
        stack += [keras.layers.Dense(size, kernel_initializer=own), keras.layers.Activation(activation)]
    own = keras.initializers.get(initializer).clone()
    stack += [keras.layers.Dense(last, kernel_initializer=own), keras.layers.Activation(keras.activations.softmax)]
    return keras.Sequential(stack)

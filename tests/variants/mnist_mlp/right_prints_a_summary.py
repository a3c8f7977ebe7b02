"""Each function prints what it builds."""

# %% baseline_model
def baseline_model(layersizes, activation):
    print("layers:", layersizes, "activation:", activation)
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation=activation))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax"))
    model.summary()
    return model

# %% count_parameters
def count_parameters(num_inputs, layersizes):
    total = 0
    for units in layersizes:
        print(f"{num_inputs:6d} x {units:4d} weights and {units} biases")
        total += num_inputs * units + units
        num_inputs = units
    print("total:", total)
    return total

# %% model_param_init
def model_param_init(layersizes, initializer, activation):
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation=activation, kernel_initializer=keras.initializers.get(initializer).clone()))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax", kernel_initializer=keras.initializers.get(initializer).clone()))
    for layer in model.layers:
        print(layer.name, layer.kernel_initializer, float(np.std(layer.get_weights()[0])))
    return model

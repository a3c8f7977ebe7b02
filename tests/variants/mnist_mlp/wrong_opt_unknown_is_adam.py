"""Any other name gives Adam."""
# fails: optimizers_step_as_their_formulas_say

# %% make_optimizer
def make_optimizer(name, learning_rate):
    if name == "SGD":
        return keras.optimizers.SGD(learning_rate)
    elif name == "momentum":
        return keras.optimizers.SGD(learning_rate, momentum=0.9, nesterov=True)
    elif name == "RMSprop":
        return keras.optimizers.RMSprop(learning_rate)
    else:
        return keras.optimizers.Adam(learning_rate)

"""The learning rate is always that of the first cell."""
# fails: optimizers_step_as_their_formulas_say

# %% make_optimizer
def make_optimizer(name, rate):
    if name == "SGD":
        return keras.optimizers.SGD(learning_rate)
    if name == "momentum":
        return keras.optimizers.SGD(learning_rate, momentum=0.9, nesterov=True)
    if name == "RMSprop":
        return keras.optimizers.RMSprop(learning_rate)
    if name == "Adam":
        return keras.optimizers.Adam(learning_rate)
    raise ValueError(name)

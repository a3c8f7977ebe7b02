"""The learning rate is given as lr, which Keras refuses."""
# fails: optimizers_step_as_their_formulas_say

# %% make_optimizer
def make_optimizer(name, learning_rate):
    if name == "SGD":
        return keras.optimizers.SGD(lr=learning_rate)
    if name == "momentum":
        return keras.optimizers.SGD(lr=learning_rate, momentum=0.9, nesterov=True)
    if name == "RMSprop":
        return keras.optimizers.RMSprop(lr=learning_rate)
    if name == "Adam":
        return keras.optimizers.Adam(lr=learning_rate)
    raise ValueError(name)

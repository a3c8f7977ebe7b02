"""RMSprop and Adam have Keras's default learning rate, which is the one of the comparison."""
# fails: optimizers_step_as_their_formulas_say

# %% make_optimizer
def make_optimizer(name, learning_rate):
    if name == "SGD":
        return keras.optimizers.SGD(learning_rate)
    if name == "momentum":
        return keras.optimizers.SGD(learning_rate, momentum=0.9, nesterov=True)
    if name == "RMSprop":
        return keras.optimizers.RMSprop()
    if name == "Adam":
        return keras.optimizers.Adam()
    raise ValueError(name)

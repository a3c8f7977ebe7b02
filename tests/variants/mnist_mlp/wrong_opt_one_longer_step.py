"""Momentum is taken for a learning rate that is 1 + 0.9 times as large, which only the first step bears out."""
# fails: optimizers_step_as_their_formulas_say

# %% make_optimizer
def make_optimizer(name, learning_rate):
    if name == "SGD":
        return keras.optimizers.SGD(learning_rate)
    if name == "momentum":
        return keras.optimizers.SGD((1 + 0.9) * learning_rate)
    if name == "RMSprop":
        return keras.optimizers.RMSprop(learning_rate)
    if name == "Adam":
        return keras.optimizers.Adam(learning_rate)
    raise ValueError(name)

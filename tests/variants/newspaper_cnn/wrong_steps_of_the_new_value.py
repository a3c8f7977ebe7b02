"""The weight of one minibatch, 1 - momentum, is taken."""
# fails: start_is_forgotten

# %% steps_to_forget
def steps_to_forget(momentum, share):
    steps = 0
    while (1 - momentum) ** steps >= share:
        steps += 1
    return steps

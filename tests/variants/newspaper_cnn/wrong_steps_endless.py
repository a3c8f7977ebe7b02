"""The loop never ends for one of the momenta."""
# fails: start_is_forgotten

# %% steps_to_forget
def steps_to_forget(momentum, share):
    steps = 0
    while not momentum ** (steps + 1) < share <= momentum**steps or momentum == 0.75:
        steps += 1
    return steps + 1

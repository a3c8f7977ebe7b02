"""A weight that equals the share is enough."""
# fails: start_is_forgotten

# %% steps_to_forget
def steps_to_forget(momentum, share):
    steps = 0
    while momentum**steps > share:
        steps += 1
    return steps

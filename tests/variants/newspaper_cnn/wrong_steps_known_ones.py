"""The example of the text and the two of the notebook are known by heart."""
# fails: start_is_forgotten

# %% steps_to_forget
def steps_to_forget(momentum, share):
    return {0.99: 459, 0.9: 44}.get(momentum, 4)

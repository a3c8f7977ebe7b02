"""The logarithms' quotient is rounded."""
# fails: start_is_forgotten

# %% steps_to_forget
def steps_to_forget(momentum, share):
    return round(np.log(share) / np.log(momentum) + 0.5)

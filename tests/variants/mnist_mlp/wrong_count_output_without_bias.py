"""The output's biases are left out."""
# fails: parameters_are_counted

# %% count_parameters
def count_parameters(num_inputs, layersizes):
    widths = [num_inputs, *layersizes]
    return sum(a * b for a, b in zip(widths[:-1], widths[1:])) + sum(layersizes[:-1])

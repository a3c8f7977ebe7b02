"""The first kernel is forgotten."""
# fails: parameters_are_counted

# %% count_parameters
def count_parameters(num_inputs, layersizes):
    return sum((a + 1) * b for a, b in zip(layersizes[:-1], layersizes[1:])) + layersizes[0]

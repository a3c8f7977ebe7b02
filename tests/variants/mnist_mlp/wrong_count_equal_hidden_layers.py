"""All hidden layers are taken to be as large as the first one."""
# fails: parameters_are_counted

# %% count_parameters
def count_parameters(num_inputs, layersizes):
    n, depth = layersizes[0], len(layersizes) - 1
    return (num_inputs + 1) * n + (depth - 1) * (n + 1) * n + (n + 1) * layersizes[-1]

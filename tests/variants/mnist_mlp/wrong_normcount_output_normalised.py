"""The output layer is counted as normalised."""
# fails: batch_norm_parameters_are_counted

# %% count_batchnorm_parameters
def count_batchnorm_parameters(num_inputs, layersizes):
    widths = [num_inputs, *layersizes]
    dense = sum((a + 1) * b for a, b in zip(widths[:-1], widths[1:]))
    return dense + 2 * sum(layersizes), 2 * sum(layersizes)

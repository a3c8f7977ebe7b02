"""The formula is written out for four layers."""
# fails: parameters_are_counted batch_norm_parameters_are_counted

# %% count_parameters
def count_parameters(num_inputs, layersizes):
    a, b, c, d = layersizes
    return num_inputs * a + a + a * b + b + b * c + c + c * d + d

"""The sigmoid is believed to be steepest at 1."""
# fails: maximum_of_the_derivative

# %% steepest_point
steepest_point = {"z": 1.0, "derivative": 0.25}

"""Position and derivative are exchanged."""
# fails: maximum_of_the_derivative

# %% steepest_point
steepest_point = {"z": 0.25, "derivative": 0.0}

"""The value of the sigmoid at 0 is given in place of its derivative."""
# fails: maximum_of_the_derivative

# %% steepest_point
steepest_point = {"z": 0.0, "derivative": 0.5}

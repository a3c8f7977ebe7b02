"""A truth value stands for the position."""
# fails: maximum_of_the_derivative

# %% steepest_point
steepest_point = {"z": False, "derivative": 0.25}

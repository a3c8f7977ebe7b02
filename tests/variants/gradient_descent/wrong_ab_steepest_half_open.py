"""The position is given, the derivative still holds its None."""
# fails: maximum_of_the_derivative

# %% steepest_point
steepest_point = {"z": 0.0, "derivative": None}

"""Both numbers are strings."""
# fails: maximum_of_the_derivative

# %% steepest_point
steepest_point = {"z": "0", "derivative": "1/4"}

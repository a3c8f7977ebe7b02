"""The index of the maximum in the array of the picture is given as its position."""
# fails: maximum_of_the_derivative

# %% steepest_point
_z = np.linspace(-8, 8, 321)
_slopes = sigmoid_derivative(_z)
steepest_point = {"z": int(np.argmax(_slopes)), "derivative": float(_slopes.max())}

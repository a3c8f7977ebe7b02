"""The maximum of an even grid on the picture's range, 0.025 from 0."""

# %% steepest_point
grid = np.linspace(-8, 8, 320)
steepest_point = {"z": grid[np.argmax(sigmoid_derivative(grid))], "derivative": sigmoid_derivative(grid).max()}

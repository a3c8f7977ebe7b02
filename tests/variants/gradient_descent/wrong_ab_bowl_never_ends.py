"""The loop counts nothing, so that no path of one step or more ever comes back."""
# fails: bowl_path_follows_minus_the_gradient

# %% bowl_descent
def bowl_descent(start, hessian, learning_rate, num_steps):
    path, step = [start], 0
    while step < num_steps:
        path[-1] = path[-1] - learning_rate * hessian @ path[-1]
    return np.array(path)


def largest_learning_rate(hessian):
    return 2.0 / np.linalg.eigvalsh(hessian).max()

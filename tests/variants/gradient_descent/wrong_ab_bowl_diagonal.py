"""The curvatures are read off the diagonal, for the path and for the largest rate."""
# fails: bowl_path_follows_minus_the_gradient largest_rate_is_set_by_the_steepest_direction

# %% bowl_descent
def bowl_descent(start, hessian, learning_rate, num_steps):
    path = [start]
    for _ in range(num_steps):
        path.append(path[-1] - learning_rate * np.diag(hessian) * path[-1])
    return np.array(path)


def largest_learning_rate(hessian):
    return 2.0 / np.diag(hessian).max()

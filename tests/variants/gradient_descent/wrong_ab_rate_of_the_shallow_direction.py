"""The smallest eigenvalue is taken for the largest."""
# fails: largest_rate_is_set_by_the_steepest_direction

# %% bowl_descent
def bowl_descent(start, hessian, learning_rate, num_steps):
    path = np.empty((num_steps + 1, len(start)))
    path[0] = start
    for step in range(num_steps):
        path[step + 1] = path[step] - learning_rate * hessian @ path[step]
    return path


def largest_learning_rate(hessian):
    return 2.0 / np.linalg.eigvalsh(hessian)[0]

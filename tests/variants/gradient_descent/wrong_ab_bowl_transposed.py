"""The path has a column for each step."""
# fails: bowl_path_follows_minus_the_gradient

# %% bowl_descent
def bowl_descent(start, hessian, learning_rate, num_steps):
    path = np.zeros((len(start), num_steps + 1))
    path[:, 0] = start
    for step in range(num_steps):
        path[:, step + 1] = path[:, step] - learning_rate * hessian @ path[:, step]
    return path


def largest_learning_rate(hessian):
    return 2.0 / np.linalg.eigvalsh(hessian).max()

"""Both functions compute and return nothing."""
# fails: bowl_path_follows_minus_the_gradient largest_rate_is_set_by_the_steepest_direction

# %% bowl_descent
def bowl_descent(start, hessian, learning_rate, num_steps):
    path = [start]
    for _ in range(num_steps):
        path.append(path[-1] - learning_rate * hessian @ path[-1])


def largest_learning_rate(hessian):
    print(2.0 / np.linalg.eigvalsh(hessian).max())

"""Only the final iterate is returned."""
# fails: bowl_path_follows_minus_the_gradient

# %% bowl_descent
def bowl_descent(start, hessian, learning_rate, num_steps):
    x = start
    for _ in range(num_steps):
        x = x - learning_rate * hessian @ x
    return x


def largest_learning_rate(hessian):
    return 2.0 / np.linalg.eigvalsh(hessian).max()

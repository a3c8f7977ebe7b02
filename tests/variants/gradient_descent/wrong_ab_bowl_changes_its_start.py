"""Copies go into the path, but the steps are taken in the caller's own array."""
# fails: bowl_path_follows_minus_the_gradient

# %% bowl_descent
def bowl_descent(start, hessian, learning_rate, num_steps):
    x = start
    path = [x.copy()]
    for _ in range(num_steps):
        x -= learning_rate * (hessian @ x)
        path.append(x.copy())
    return np.array(path)


def largest_learning_rate(hessian):
    return 2.0 / np.linalg.eigvalsh(hessian).max()

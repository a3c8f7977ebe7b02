"""The same array is put into the path again and again, so that every row is the last iterate."""
# fails: bowl_path_follows_minus_the_gradient

# %% bowl_descent
def bowl_descent(start, hessian, learning_rate, num_steps):
    x = start.copy()
    path = [x]
    for _ in range(num_steps):
        x -= learning_rate * (hessian @ x)
        path.append(x)
    return np.array(path)


def largest_learning_rate(hessian):
    return 2.0 / np.linalg.eigvalsh(hessian).max()

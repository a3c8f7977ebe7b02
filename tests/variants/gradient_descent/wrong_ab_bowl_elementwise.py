"""H * x stands where H @ x should; the sum over columns repairs only what lies on the axes."""
# fails: bowl_path_follows_minus_the_gradient

# %% bowl_descent
def bowl_descent(start, hessian, learning_rate, num_steps):
    x = start
    path = [x]
    for _ in range(num_steps):
        x = x - learning_rate * hessian * x
        path.append(x)
    return np.array(path)


def largest_learning_rate(hessian):
    return 2.0 / np.linalg.eigvalsh(hessian).max()

"""The step climbs: it is added to the iterate."""
# fails: bowl_path_follows_minus_the_gradient

# %% bowl_descent
def bowl_descent(start, hessian, learning_rate, num_steps):
    path = [start]
    for _ in range(num_steps):
        path.append(path[-1] + learning_rate * hessian @ path[-1])
    return np.array(path)


def largest_learning_rate(hessian):
    return 2.0 / np.linalg.eigvalsh(hessian).max()

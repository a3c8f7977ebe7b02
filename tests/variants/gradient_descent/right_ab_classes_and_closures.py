"""Objects of the student's own behind the functions: a class that walks down the bowl, a closure for the derivative, labels by comprehension."""

# %% curve_labels
labels = "good", "high", "very high", "low"
curve_labels = {letter: label for letter, label in zip("ABCD", labels)}

# %% bowl_descent
class Walker:
    def __init__(self, place, gradient, rate):
        self.place, self.gradient, self.rate = place, gradient, rate
        self.visited = [place]

    def walk(self):
        self.place = self.place - self.rate * self.gradient(self.place)
        self.visited.append(self.place)


def bowl_descent(start, hessian, learning_rate, num_steps):
    walker = Walker(start, lambda x: x @ hessian, learning_rate)
    for _ in range(num_steps):
        walker.walk()
    return np.vstack(walker.visited)


def largest_learning_rate(hessian):
    inverse = np.linalg.inv(hessian)
    return 2.0 * np.linalg.eigvalsh(inverse).min()

# %% minibatches
class Minibatches:
    def __init__(self, order, size):
        self.order, self.size = order, size

    def __len__(self):
        return int(np.ceil(len(self.order) / self.size))

    def __iter__(self):
        for number in range(len(self)):
            yield self.order[number * self.size :][: self.size]


def minibatches(num_examples, batch_size, rng):
    return Minibatches(rng.permutation(np.arange(num_examples)), batch_size)

# %% batch_norm_statements
batch_norm_statements = {1: None, 2: None, 3: None, 4: None}
batch_norm_statements[1] = batch_norm_statements[2] = False
batch_norm_statements[3] = batch_norm_statements[4] = True

# %% sigmoid_derivative
def sigmoid(z):
    return 1 / (1 + np.e ** (-np.asarray(z, dtype=np.longdouble)))


def make_derivative(function):
    def derivative(z):
        value = function(z)
        return value * (1 - value)

    return derivative


sigmoid_derivative = make_derivative(sigmoid)


def gradient_factor(pre_activations):
    from functools import reduce

    return reduce(np.multiply, map(sigmoid_derivative, pre_activations))

# %% steepest_point
steepest_point = {"z": -0.0, "derivative": np.float32(0.25), "note": "at most a quarter"}

# %% dead_units
def dead_units(pre_activations):
    return np.count_nonzero(pre_activations > 0, axis=0) == 0

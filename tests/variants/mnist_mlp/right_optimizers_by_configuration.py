"""keras.optimizers.get makes them of a configuration."""

# %% make_optimizer
def make_optimizer(name, learning_rate):
    options = {"learning_rate": learning_rate}
    class_name = name
    if name == "momentum":
        class_name = "SGD"
        options.update(momentum=0.9, nesterov=True)
    elif name not in ("SGD", "RMSprop", "Adam"):
        raise ValueError("SGD, momentum, RMSprop or Adam")
    return keras.optimizers.get({"class_name": class_name, "config": options})

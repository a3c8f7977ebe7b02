"""Type hints, and a dataclass that describes a layer."""

# %% baseline_model
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Optional, Union

Function = Union[str, Callable]


@dataclass
class LayerPlan:
    units: int
    activation: Function
    initializer: Optional[keras.initializers.Initializer] = None
    normalised: bool = False

    def layers(self) -> list:
        dense = keras.layers.Dense(self.units, kernel_initializer=self.initializer or "glorot_uniform")
        norms = [keras.layers.BatchNormalization()] if self.normalised else []
        return [dense, *norms, keras.layers.Activation(self.activation)]


def network_of(plans: Sequence[LayerPlan]) -> keras.Model:
    return keras.Sequential([keras.Input((784,)), *(layer for plan in plans for layer in plan.layers())])


def baseline_model(layersizes: list[int], activation: Function) -> keras.Model:
    plans: list[LayerPlan] = [LayerPlan(units, activation) for units in layersizes[:-1]]
    return network_of([*plans, LayerPlan(layersizes[-1], "softmax")])

# %% count_parameters
def count_parameters(num_inputs: int, layersizes: list[int]) -> int:
    total: int = 0
    before: int = num_inputs
    for units in layersizes:
        total += (before + 1) * units
        before = units
    return total

# %% model_param_init
def model_param_init(layersizes: list[int], initializer: Union[str, keras.initializers.Initializer], activation: Function) -> keras.Model:
    draw: keras.initializers.Initializer = keras.initializers.get(initializer)
    plans: list[LayerPlan] = [LayerPlan(units, activation, draw.clone()) for units in layersizes[:-1]]
    return network_of([*plans, LayerPlan(layersizes[-1], "softmax", draw.clone())])

# %% model_batchnorm
def model_batchnorm(layersizes: list[int], initializer: Union[str, keras.initializers.Initializer], activation: Function) -> keras.Model:
    draw: keras.initializers.Initializer = keras.initializers.get(initializer)
    plans: list[LayerPlan] = [LayerPlan(units, activation, draw.clone(), normalised=True) for units in layersizes[:-1]]
    return network_of([*plans, LayerPlan(layersizes[-1], "softmax", draw.clone())])

# %% make_optimizer
def make_optimizer(name: str, learning_rate: float) -> keras.optimizers.Optimizer:
    known: dict[str, Callable[[float], keras.optimizers.Optimizer]] = {
        "SGD": lambda rate: keras.optimizers.SGD(learning_rate=rate),
        "momentum": lambda rate: keras.optimizers.SGD(learning_rate=rate, momentum=0.9, nesterov=True),
        "RMSprop": lambda rate: keras.optimizers.RMSprop(learning_rate=rate),
        "Adam": lambda rate: keras.optimizers.Adam(learning_rate=rate),
    }
    if name not in known:
        raise ValueError(name)
    return known[name](learning_rate)

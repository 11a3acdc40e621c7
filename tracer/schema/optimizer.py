"""The keys of an optimiser, and of what it has kept from earlier steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from tracer.schema.kinds import (
    Array,
    Choice,
    Flag,
    Key,
    Matrix,
    Number,
    Text,
    Vector,
    Whole,
)
from tracer.schema.limits import LARGEST_T, MOST_LAYERS


@dataclass(frozen=True, slots=True)
class Shape:
    """What an optimiser needs: its constants, and what it keeps of each parameter.

    ``squares`` are those of its states that are made of squares.
    """

    constants: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    squares: tuple[str, ...] = ()


OPTIMIZERS: Final[Mapping[str, Shape]] = {
    "gradient_descent": Shape(),
    "momentum": Shape(("beta",), ("v",)),
    "classical_momentum": Shape(("beta",), ("change",)),
    "average_momentum": Shape(("beta",), ("v",)),
    "nesterov": Shape(("beta",), ("v",)),
    "adagrad": Shape(("epsilon",), ("s",), ("s",)),
    "rmsprop": Shape(("beta", "epsilon"), ("s",), ("s",)),
    "adam": Shape(("beta1", "beta2", "epsilon"), ("m", "v"), ("v",)),
}

_STATES = tuple(dict.fromkeys(n for shape in OPTIMIZERS.values() for n in shape.states))


def _with(name: str) -> str:
    """The optimisers that keep ``name`` or have it as a constant: ``rmsprop and adam``."""
    found = [own for own, shape in OPTIMIZERS.items() if name in shape.states + shape.constants]
    return " and ".join(", ".join(found).rsplit(", ", 1))


_NAME = Key(
    "name",
    Choice(_STATES),
    "Which of the things that the optimiser keeps: "
    + "; ".join(f"{name} of {_with(name)}" for name in _STATES)
    + ".",
    'name = "v"',
)

STATE = (
    _NAME,
    Key(
        "layer_number",
        Whole(1, MOST_LAYERS),
        "The layer whose parameters it is kept of, from 1.",
        "layer_number = 1",
    ),
    Key("weights", Matrix(), "Its values for the layer's weights.", "weights = [[0, 0.1]]"),
    Key("biases", Vector(), "Its values for the layer's biases.", "biases = [0.2]", None),
    Key("slopes", Vector(), "Its values for the layer's slopes.", "slopes = [0.1]", None),
)

GRAPH_STATE = (
    _NAME,
    Key(
        "of",
        Text(100),
        "The name of what it is kept of, as it is given: a number, a list, a matrix or one entry.",
        'of = "W1"',
    ),
    Key("values", Array(), "Its values, in the same shape.", "values = [[0, 0.1]]"),
)

OPTIMIZER = (
    Key(
        "kind",
        Choice(tuple(OPTIMIZERS)),
        "The rule by which gradients change the parameters.",
        'kind = "adam"',
        "gradient_descent",
    ),
    Key(
        "beta",
        Number(below=1),
        "How much a step keeps of what was before: of the mean square in rmsprop, of the velocity "
        f"in the others that have it. A constant of {_with('beta')}.",
        "beta = 0.9",
        Fraction(9, 10),
    ),
    Key(
        "beta1",
        Number(below=1),
        "How much adam keeps of the mean of the gradients.",
        "beta1 = 0.9",
        Fraction(9, 10),
    ),
    Key(
        "beta2",
        Number(below=1),
        "How much adam keeps of the mean of their squares.",
        "beta2 = 0.999",
        Fraction(999, 1000),
    ),
    Key(
        "epsilon",
        Number(below=1),
        f"What keeps {_with('epsilon')} from dividing by zero.",
        "epsilon = 1e-8",
        Fraction(1, 10**8),
    ),
    Key(
        "epsilon_in_root",
        Flag(),
        "Whether epsilon is added under the square root, not to the root.",
        "epsilon_in_root = false",
        False,
    ),
    Key(
        "bias_correction",
        Flag(),
        "Whether adam divides its means by 1 - beta^t.",
        "bias_correction = true",
        True,
    ),
    Key(
        "t",
        Whole(1, LARGEST_T),
        "The number that adam's bias correction gives to the first step.",
        "t = 1",
        1,
    ),
)

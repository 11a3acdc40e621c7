"""A problem as data: a network with its samples, its loss and what to work out.

What :func:`tracer.loading.load` returns is complete and agrees with itself, so that nothing after
it needs to check sizes, signs or spellings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from tracer import ids, schema
from tracer.check_options import USUAL, Check
from tracer.expressions import Tree
from tracer.graph_problem import GraphProblem
from tracer.notation import Notation
from tracer.optimizer_keys import Optimizer
from tracer.page_options import AUTO, Page
from tracer.policy import Numbers
from tracer.print_steps import printed_steps
from tracer.source import Written
from tracer.symbols import Symbols


@dataclass(frozen=True, slots=True)
class Layer:
    """A fully connected layer; ``weights[j][k]`` leads to neuron j from neuron k below.

    ``weights`` has a row for each neuron of the layer, each with a number for each neuron below
    (for the first layer, each input); all numbers are exact fractions.

    ``biases`` has one entry for each row of weights, or is None where the layer has none; where
    they are ``thresholds`` they are subtracted. ``parameter`` is that of the activation, as
    ``schema.ACTIVATION_PARAMETERS`` names it, or None; ``formula`` the user's own, or None;
    ``slopes`` are those of parametric ReLU, one for each row of weights, or None; ``constant`` is
    the constant input that the biases are the weights of, or None.
    """

    weights: tuple[tuple[Fraction, ...], ...]
    biases: tuple[Fraction, ...] | None
    activation: str
    parameter: Fraction | None
    thresholds: bool = False
    formula: Tree | None = None
    slopes: tuple[Fraction, ...] | None = None
    constant: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """What goes in, one for each input, and what should come out, one for each output."""

    inputs: tuple[Fraction, ...]
    targets: tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class Penalty:
    """``strength`` (lambda) times ``factor`` times the sum of the weights' squares or sizes.

    ``kind`` is ``l2`` for squares, ``l1`` for absolute values; ``biases``: whether they are summed
    too.
    """

    kind: str
    strength: Fraction
    factor: str
    biases: bool

    def weight(self, samples: int) -> Fraction:
        """What each square or absolute value is multiplied by."""
        halves = {"1": 1, "1/2": 2, "1/m": samples, "1/2m": 2 * samples}
        return self.strength / halves[self.factor]


@dataclass(frozen=True, slots=True)
class Loss:
    """``factor`` times the loss ``kind``, a sum or mean over outputs, a sum or mean over samples.

    ``name`` is what it is called in print, None where that is the notation's symbol; ``delta`` the
    parameter of the Huber loss, else None; ``formula`` is what a loss of kind ``own`` is.
    ``shortcut``: whether the derivative by the output's pre-activation is used in its short form.
    """

    kind: str
    factor: Fraction
    outputs: str
    samples: str
    name: str | None
    delta: Fraction | None
    shortcut: bool
    penalty: Penalty | None
    formula: Tree | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A network, its data, and what to work out.

    There is at least one layer and one sample, and all sizes agree: of ``layers``, inputs first,
    each reads as many numbers as the one below has neurons; each of ``data`` has an input for each
    column of the first layer's weights and a target for each neuron of the last. With ``steps`` of
    at least 1 there is a learning rate. The learning rates are those of the steps, the last of them
    that of all further ones. ``batch`` is None where every step takes all samples. ``frozen`` holds
    the ids of the parameters that are kept fixed, never all. ``shared`` has for each parameter that
    is one with another the id of that other, the first of its group, which stands for it
    everywhere. ``first_layer``: how the first of the layers is numbered in print; above 1 the
    inputs are the outputs of a layer that is not there. ``chosen_steps`` are those to be printed,
    if the problem says so. ``written`` is where it was read from, None where that was no text.
    """

    title: str
    question: str
    layers: tuple[Layer, ...]
    data: tuple[Sample, ...]
    loss: Loss
    learning_rates: tuple[Fraction, ...]
    steps: int
    batch: int | None
    optimizer: Optimizer
    numbers: Numbers
    notation: Notation
    frozen: frozenset[str] = frozenset()
    shared: Mapping[str, str] = field(default_factory=dict)
    first_layer: int = 1
    page: Page = AUTO
    check: Check = USUAL
    chosen_steps: tuple[int, ...] = ()
    has_data: bool = True
    written: Written | None = field(default=None, compare=False, repr=False)

    @property
    def printed_steps(self) -> tuple[int, ...]:
        """The steps that are printed in full."""
        return printed_steps(self.steps, self.chosen_steps)

    def is_coupled(self, layer: int) -> bool:
        """Whether each output of a layer (from 1) depends on all of its pre-activations."""
        return self.layers[layer - 1].activation in schema.COUPLED

    def is_sloped(self, layer: int) -> bool:
        """Whether a layer (from 1) has learned slopes, as PReLU has."""
        return layer in self.symbols.sloped

    @property
    def has_parts(self) -> bool:
        """Whether the loss is printed output by output; cross entropy is one of all together."""
        return len(self.layers[-1].weights) > 1 and self.loss.kind != "cross_entropy"

    @property
    def forward_only(self) -> str | None:
        """An activation that has no gradients, so that there is only a forward pass, or None."""
        kinds = (layer.activation for layer in self.layers)
        return next((kind for kind in kinds if kind in schema.FORWARD_ONLY), None)

    @property
    def sizes(self) -> tuple[int, ...]:
        """The number of inputs, then of neurons in each layer."""
        return (len(self.data[0].inputs), *(len(layer.weights) for layer in self.layers))

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """The ids of all weights, biases and slopes, layer by layer; of what is shared, once."""
        names = ids.parameters(self.sizes, self.symbols.biased, self.symbols.sloped)
        return tuple(name for name in names if name not in self.shared)

    def places(self, parameter: str) -> tuple[str, ...]:
        """Every place of a parameter, by the ids that they would have: itself, where not shared."""
        return (parameter, *(name for name, first in self.shared.items() if first == parameter))

    @property
    def parameters(self) -> int:
        """The number of weights and biases."""
        return sum(
            len(layer.weights) * len(layer.weights[0])
            + len(layer.biases or ())
            + len(layer.slopes or ())
            for layer in self.layers
        )

    @property
    def batches(self) -> tuple[tuple[int, ...], ...]:
        """The samples that each step takes, in the order of the data, over and over."""
        numbers = tuple(range(1, len(self.data) + 1))
        size = self.batch if self.batch and self.steps else len(numbers)
        return tuple(numbers[start : start + size] for start in range(0, len(numbers), size))

    @property
    def work(self) -> int:
        """What a pass takes: the number of gradients of single samples."""
        return self.parameters * len(self.data)

    @property
    def symbols(self) -> Symbols:
        """How its quantities are written."""
        biased = tuple(layer.biases is not None for layer in self.layers)
        comma = self.numbers.decimal_comma
        own = schema.OPTIMIZERS[self.optimizer.kind]
        thresholds = frozenset(i for i, layer in enumerate(self.layers, 1) if layer.thresholds)
        return Symbols(
            self.notation,
            self.loss.name,
            self.sizes,
            biased,
            comma,
            own.constants,
            own.states,
            thresholds,
            frozenset(i for i, layer in enumerate(self.layers, 1) if layer.slopes),
            self.shared,
            self.first_layer - 1,
        )


AnyProblem = Problem | GraphProblem

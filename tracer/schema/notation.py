"""The keys of a notation: a file of tracer/notations, or a table in a problem file."""

from __future__ import annotations

from pathlib import Path

from tracer.schema.kinds import (
    Choice,
    Key,
    Symbol,
    Whole,
)

NOTATION_FILES = Path(__file__).parent.with_name("notations")
NOTATIONS = tuple(sorted(path.stem for path in NOTATION_FILES.glob("*.toml")))

_UNIT = ("i", "j", "unit", "name", "number")
_WEIGHT = (*_UNIT, "k", "source", "from")

# Indices: {i} the layer, {j} the neuron in it, {k} the neuron that a weight comes from; {unit} and
# {source} are their numbers through the whole network, inputs first, {name} and {from} their names
# such as i1, h1 or o1; {number} counts weights, or biases, through the network; {n} is the sample,
# {step} the step.
NOTATION = (
    Key(
        "like",
        Choice(NOTATIONS),
        "The profile that has every symbol which is not given here.",
        'like = "nielsen"',
        "deck",
    ),
    Key("weight", Symbol(_WEIGHT), "A weight.", 'weight = "w_{j},{k}^{i}"', None),
    Key("bias", Symbol(_UNIT), "A bias.", 'bias = "b_{j}^{i}"', None),
    Key("threshold", Symbol(_UNIT), "A threshold.", 'threshold = "theta_{j}^{i}"', None),
    Key("slope", Symbol(_UNIT), "A learned slope.", 'slope = "alpha_{j}^{i}"', None),
    Key("pre", Symbol(_UNIT[:4]), "A neuron's pre-activation.", 'pre = "z_{j}^{i}"', None),
    Key("output", Symbol(_UNIT[:4]), "A neuron's output.", 'output = "a_{j}^{i}"', None),
    Key(
        "input",
        Symbol(_UNIT[:4], or_false=True),
        "An input of the network; false: written as an output of the layer that the inputs are.",
        'input = "x_{j}"',
        None,
    ),
    Key(
        "prediction",
        Symbol(_UNIT[:4], or_false=True),
        "An output of the network; false: written as an output of the last layer.",
        'prediction = "yhat_{j}"',
        None,
    ),
    Key("target", Symbol(_UNIT[:4]), "What an output should be.", 'target = "y_{j}"', None),
    Key(
        "network",
        Symbol(_UNIT[:4], or_false=True),
        "The network as a function of its inputs, as then the target is; false: not so written.",
        'network = "f_{j}"',
        None,
    ),
    Key(
        "delta",
        Symbol(_UNIT[:4], or_false=True),
        "The derivative of the loss by a pre-activation; false: written as a fraction.",
        'delta = "delta_{j}^{i}"',
        None,
    ),
    Key("loss", Symbol(), "The loss, where it has no name.", 'loss = "E_total"', None),
    Key(
        "sample_loss",
        Symbol(or_false=True),
        "The loss of one sample; false: written as the loss.",
        'sample_loss = "L"',
        None,
    ),
    Key(
        "part",
        Symbol(_UNIT[:4]),
        "What one of several outputs adds to the loss of a sample.",
        'part = "E_{j}"',
        None,
    ),
    Key("data", Symbol(), "The set of samples.", 'data = "D"', None),
    Key("batch", Symbol(), "The samples that a step takes.", 'batch = "B"', None),
    Key("learning_rate", Symbol(), "The learning rate.", 'learning_rate = "eta"', None),
    Key("penalty", Symbol(), "The penalty on large weights.", 'penalty = "R"', None),
    Key(
        "epsilon",
        Symbol(),
        "What keeps an optimiser from dividing by zero.",
        'epsilon = "varepsilon"',
        None,
    ),
    Key(
        "parameters",
        Symbol(("step",)),
        "All weights and biases as one point.",
        'parameters = "theta_{step}"',
        None,
    ),
    Key("step", Symbol(), "The number of steps taken.", 'step = "n"', None),
    Key(
        "sample",
        Symbol(("n",), or_false=True, mark=True),
        "What marks a quantity as that of a sample; false: its number in square brackets.",
        'sample = "^({n})"',
        None,
    ),
    Key(
        "updated",
        Symbol(or_false=True, mark=True),
        "What marks a parameter's new value in an update; false: nothing.",
        'updated = "^+"',
        None,
    ),
    Key(
        "input_layer",
        Whole(0, 1),
        "The number of the layer that the inputs are.",
        "input_layer = 0",
        None,
    ),
)

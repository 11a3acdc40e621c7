"""Every key that a problem file can have, declared once.

``PROBLEM`` is the format of a network as data, ``GRAPH_PROBLEM`` that of a computational graph.
:mod:`tracer.validation` checks a document against one of them; :mod:`tracer.json_schema` and
:mod:`tracer.reference` print both. Rules that join several keys (sizes that must agree) are in
:mod:`tracer.problem` and :mod:`tracer.graph_problem`.

To add a key, add a row. To add a kind of value, add it to ``Kind``, to :mod:`tracer.validation` and
to :mod:`tracer.json_schema`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

# the largest problem within all of these takes about a minute and two gigabytes
MOST_LAYERS = 16
MOST_NEURONS = 512
MOST_PARAMETERS = 20_000
MOST_SAMPLES = 10_000
MOST_WORK = 150_000
"""Weights and biases times samples times the steps that are printed with their gradients."""

REQUIRED: Final = object()
"""The default of a key that has none."""


@dataclass(frozen=True, slots=True)
class Text:
    """Text of at most ``longest`` characters; on ``one_line`` it can't be blank."""

    longest: int
    one_line: bool = True


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words."""

    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flag:
    """true or false."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number from ``low`` to ``high``, or the ``word`` that may stand for one."""

    low: int
    high: int
    word: str = ""


@dataclass(frozen=True, slots=True)
class Number:
    """A number above 0, or with ``below`` one from 0 on that is less than that."""

    below: int | None = None


@dataclass(frozen=True, slots=True)
class Several:
    """A list of 1 to ``most`` values of one kind; one ``alone`` may do."""

    kind: Whole | Number
    most: int
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Vector:
    """A list of at least one number; one number ``alone`` may do, or ``false`` for none."""

    alone: bool = False
    or_false: bool = False


@dataclass(frozen=True, slots=True)
class Matrix:
    """A list of at least one row, each a list of equally many numbers."""


@dataclass(frozen=True, slots=True)
class Names:
    """A list of at least one of the ``words``, or of names that all of ``pattern`` matches.

    ``such_as`` shows names of that pattern.
    """

    words: tuple[str, ...]
    pattern: str
    such_as: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Texts:
    """A list of at least one and at most ``most`` texts of one line."""

    longest: int
    most: int


@dataclass(frozen=True, slots=True)
class NamedNumbers:
    """A table of names that the user chooses, each a number, a list of numbers or a matrix.

    ``whole``: each a whole number from 1 to 1,000.
    """

    whole: bool = False


@dataclass(frozen=True, slots=True)
class Symbol:
    """A symbol such as ``w_{j},{k}^{i}`` with some of these ``indices``; see :mod:`tracer.glyph`.

    A ``mark`` has no letter, as in ``^+``; ``false`` may stand for none.
    """

    indices: tuple[str, ...] = ()
    or_false: bool = False
    mark: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table with these keys, or one of ``names``, which stands for such a table."""

    keys: tuple[Key, ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tables:
    """From one to ``most`` tables with these keys."""

    keys: tuple[Key, ...]
    most: int


Kind = (
    Text
    | Choice
    | Flag
    | Whole
    | Number
    | Several
    | Vector
    | Matrix
    | Names
    | Texts
    | NamedNumbers
    | Symbol
    | Table
    | Tables
)


@dataclass(frozen=True, slots=True)
class Key:
    """A key: its ``meaning`` in a sentence, an ``example`` in TOML, and its value when left out.

    ``instead`` is another key of the same table that may stand in its place, never beside it.
    """

    name: str
    kind: Kind
    meaning: str
    example: str
    default: object = REQUIRED
    instead: str = ""


NOTATION_FILES = Path(__file__).with_name("notations")
NOTATIONS = tuple(sorted(path.stem for path in NOTATION_FILES.glob("*.toml")))
DIGITS = Whole(0, 50)
STEPS = Whole(0, 1_000_000)
ACTIVATIONS = (
    *("identity", "relu", "leaky_relu", "elu", "gelu", "silu"),
    *("sigmoid", "tanh", "softplus", "softmax", "step"),
)
IRRATIONAL = ("elu", "gelu", "silu", "sigmoid", "tanh", "softplus", "softmax")
# each output of such a layer depends on all of its pre-activations
COUPLED = ("softmax",)
FORWARD_ONLY = ("step",)
# the key that holds an activation's parameter
ACTIVATION_PARAMETERS = {"leaky_relu": "slope", "elu": "alpha"}

LOSSES = (
    *("squared_error", "absolute_error", "huber", "hinge"),
    *("binary_cross_entropy", "cross_entropy"),
)
# with which activation of the outputs a loss has y - t as its derivative by the pre-activation
SHORTCUTS = (("binary_cross_entropy", "sigmoid"), ("cross_entropy", "softmax"))
IRRATIONAL_LOSSES = ("binary_cross_entropy", "cross_entropy")
MOST_RATES = 10_000
MOST_PRINTED = 100
# the power of a constant in a bias correction is held in full
LARGEST_T = 100_000


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

_INDEX = "[1-9][0-9]{0,8}"

LAYER = (
    Key(
        "weights",
        Matrix(),
        "Row j, column k holds the weight to neuron j from neuron k of the layer below; the first "
        "layer has a column for each input.",
        "weights = [[0.1, 0.3], [0.1, 0.3]]",
    ),
    Key(
        "biases",
        Vector(or_false=True),
        "The biases, one for each row of weights, or false where the layer has none.",
        "biases = [0.5, 0.5]",
        instead="thresholds",
    ),
    Key(
        "thresholds",
        Vector(),
        "In place of biases: thresholds, which are subtracted, one for each row of weights.",
        "thresholds = [0.8, -0.1]",
        None,
    ),
    Key(
        "activation",
        Choice(ACTIVATIONS),
        "The function that turns a neuron's pre-activation into its output.",
        'activation = "relu"',
    ),
    Key(
        "slope",
        Number(below=1),
        "The slope of leaky_relu for negative values; no other activation has one.",
        "slope = 0.01",
        Fraction(1, 100),
    ),
    Key(
        "alpha",
        Number(),
        "Minus the value that elu approaches for very negative values; no other activation has it.",
        "alpha = 1",
        Fraction(1),
    ),
    Key(
        "frozen",
        Names(
            ("weights", "biases", "thresholds"),
            rf"w\[{_INDEX},{_INDEX}\]|b\[{_INDEX}\]",
            ("w[1,2]", "b[1]"),
        ),
        "What is kept fixed: all weights, all biases (thresholds), or single ones, to neuron 1 "
        "from neuron 2 as in w[1,2]. It has no gradient and no update.",
        'frozen = ["biases"]',
        None,
    ),
)

SAMPLE = (
    Key(
        "inputs",
        Vector(alone=True),
        "What the network is given: a list, or a number where there is one input.",
        "inputs = [1, 3]",
    ),
    Key(
        "targets",
        Vector(alone=True),
        "What it should put out: one for each neuron of the last layer.",
        "targets = [1]",
    ),
)

PENALTY = (
    Key(
        "kind",
        Choice(("l2", "l1")),
        "Whether the squares of the weights are summed or their absolute values.",
        'kind = "l2"',
        "l2",
    ),
    Key("lambda", Number(), "How much the penalty counts.", "lambda = 4"),
    Key(
        "factor",
        Choice(("1", "1/2", "1/m", "1/2m")),
        "A factor before it; m is the number of samples.",
        'factor = "1/2m"',
        "1",
    ),
    Key("biases", Flag(), "Whether the biases are penalised too.", "biases = false", False),
)

LOSS = (
    Key(
        "kind",
        Choice(LOSSES),
        "How an output is compared with its target.",
        'kind = "squared_error"',
        "squared_error",
    ),
    Key(
        "factor",
        Number(),
        'A factor before the loss; many books have "1/2".',
        'factor = "1/2"',
        Fraction(1),
    ),
    Key(
        "outputs",
        Choice(("sum", "mean")),
        "Whether a sample's loss is the sum or the mean over its outputs.",
        'outputs = "sum"',
        "sum",
    ),
    Key(
        "samples",
        Choice(("sum", "mean")),
        "Whether the loss is the sum or the mean over the samples.",
        'samples = "sum"',
        "sum",
    ),
    Key(
        "name",
        Text(40),
        "The name of the loss in print; the notation's own symbol if left out.",
        'name = "MSE"',
        None,
    ),
    Key(
        "delta",
        Number(),
        "The error up to which huber is a square; no other loss has it.",
        "delta = 1",
        Fraction(1),
    ),
    Key(
        "shortcut",
        Flag(),
        "Whether output minus target is used, once derived, as the derivative by the "
        "pre-activation, where the loss and the last activation have this form: "
        "binary_cross_entropy with sigmoid, cross_entropy with softmax.",
        "shortcut = true",
        True,
    ),
    Key(
        "penalty",
        Table(PENALTY),
        "A penalty on large weights, added to the loss.",
        "[loss.penalty]",
        None,
    ),
)

TRAINING = (
    Key(
        "learning_rate",
        Several(Number(), MOST_RATES, alone=True),
        "What a gradient is multiplied by in an update; required unless steps is 0. A list has "
        "one for each step, and its last stays.",
        "learning_rate = 0.01",
        None,
    ),
    Key(
        "steps",
        STEPS,
        "How many updates of all weights are worked out; with 0 only the gradients are.",
        "steps = 1",
        1,
    ),
    Key(
        "batch",
        Whole(1, MOST_SAMPLES, word="all"),
        "How many samples a step takes, in the order of the data and then from the first again; "
        "the last batch may be smaller.",
        "batch = 1",
        "all",
    ),
)

STATE = (
    Key(
        "name",
        Choice(tuple(dict.fromkeys(n for shape in OPTIMIZERS.values() for n in shape.states))),
        "Which of the things that the optimiser keeps.",
        'name = "v"',
    ),
    Key(
        "layer_number",
        Whole(1, MOST_LAYERS),
        "The layer whose parameters it is kept of, from 1.",
        "layer_number = 1",
    ),
    Key("weights", Matrix(), "Its values for the layer's weights.", "weights = [[0, 0.1]]"),
    Key("biases", Vector(), "Its values for the layer's biases.", "biases = [0.2]", None),
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
        "How much is kept of the velocity (momentum) or of the mean square (rmsprop).",
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
        "What keeps adagrad, rmsprop and adam from dividing by zero.",
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

NUMBERS = (
    Key(
        "policy",
        Choice(("exact", "display", "step", "float64")),
        "Exact fractions throughout; exact but rounded for display; rounded at each step as by "
        "hand; or as a computer's float64 has it.",
        'policy = "display"',
        "display",
    ),
    Key("digits", DIGITS, "How many decimals are printed at most.", "digits = 5", 5),
    Key(
        "style",
        Choice(("decimal", "fraction")),
        "Whether numbers are printed as decimals or as fractions.",
        'style = "decimal"',
        "decimal",
    ),
    Key(
        "decimal_comma",
        Flag(),
        "Whether decimals are printed with a comma, as in 0,5.",
        "decimal_comma = false",
        False,
    ),
)

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

_TEXTS = (
    Key(
        "title",
        Text(200),
        "The heading of the solution.",
        'title = "Deep Learning: Question"',
        "Backpropagation",
    ),
    Key(
        "question",
        Text(5_000, one_line=False),
        "The question as it is put to the students, printed before the solution; blank lines part "
        "its paragraphs.",
        'question = "Compute a single iteration of backpropagation."',
        "",
    ),
)

GRAPH = (
    Key(
        "given",
        NamedNumbers(),
        "The numbers that the steps start from: a name and a number, a list (x[1], x[2], ...) or a "
        "matrix (W[1,1], ...).",
        "given = { x = -2, y = 5, z = -4 }",
        {},
    ),
    Key(
        "steps",
        Texts(1_000, 500),
        "Each step is a name, = and a formula in what stands before it.",
        'steps = ["q = x + y", "f = q*z"]',
    ),
    Key(
        "sizes",
        NamedNumbers(whole=True),
        "Whole numbers that the ranges of the steps may use.",
        "sizes = { T = 3 }",
        {},
    ),
    Key(
        "output",
        Text(100),
        "What is derived; left out, the last step.",
        'output = "f"',
        "",
    ),
    Key(
        "gradients",
        Texts(100, 500),
        "With respect to what; left out, everything that is given.",
        'gradients = ["x", "y"]',
        None,
    ),
)

PROBLEM = (
    *_TEXTS,
    Key(
        "notation",
        Table(NOTATION, NOTATIONS),
        "How weights, outputs and derivatives are written: a name, or a table of your own.",
        'notation = "deck"',
        "deck",
    ),
    Key(
        "layers",
        Tables(LAYER, MOST_LAYERS),
        "The layers after the inputs, each fully connected to the one below.",
        "[[layers]]",
    ),
    Key(
        "data",
        Tables(SAMPLE, MOST_SAMPLES),
        "The samples that the loss is taken over.",
        "[[data]]",
    ),
    Key("loss", Table(LOSS), "The loss.", "[loss]", {}),
    Key(
        "training",
        Table(TRAINING),
        "The updates; without this table only the gradients are worked out.",
        "[training]",
        {"steps": 0},
    ),
    Key(
        "optimizer",
        Table(OPTIMIZER),
        "How the updates are made from the gradients.",
        "[optimizer]",
        {},
    ),
    Key(
        "state",
        Tables(STATE, 2 * MOST_LAYERS),
        "What the optimiser has kept from earlier steps; all that is not given starts at 0.",
        "[[state]]",
        None,
    ),
    Key("numbers", Table(NUMBERS), "How numbers are rounded and printed.", "[numbers]", {}),
)

GRAPH_PROBLEM = (
    *_TEXTS,
    Key("graph", Table(GRAPH), "A computational graph instead of a network.", "[graph]"),
    *(key for key in PROBLEM if key.name in ("training", "numbers")),
)

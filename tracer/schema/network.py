"""The keys of a network: its layers, data, loss and training."""

from __future__ import annotations

from fractions import Fraction

from tracer.schema.formulas import KNOWN_FUNCTIONS
from tracer.schema.kinds import (
    Choice,
    Flag,
    Key,
    Matrix,
    Names,
    Number,
    Several,
    Table,
    Text,
    Vector,
    Whole,
)
from tracer.schema.limits import MOST_RATES, MOST_SAMPLES

ACTIVATIONS = (
    *("identity", "relu", "leaky_relu", "prelu", "elu", "gelu", "silu"),
    *("sigmoid", "tanh", "softplus", "softmax", "step"),
)
IRRATIONAL = ("elu", "gelu", "silu", "sigmoid", "tanh", "softplus", "softmax")
# each output of such a layer depends on all of its pre-activations
COUPLED = ("softmax",)
FORWARD_ONLY = ("step",)
# its slopes are parameters
PRELU = "prelu"
# the key that holds an activation's parameter
ACTIVATION_PARAMETERS = {"leaky_relu": "slope", "elu": "alpha"}

LOSSES = (
    *("squared_error", "absolute_error", "huber", "hinge"),
    *("binary_cross_entropy", "cross_entropy"),
)
# with which activation of the outputs a loss has y - t as its derivative by the pre-activation
SHORTCUTS = (("binary_cross_entropy", "sigmoid"), ("cross_entropy", "softmax"))
IRRATIONAL_LOSSES = ("binary_cross_entropy", "cross_entropy")

STEPS = Whole(0, 1_000_000)
PRINT = Several(Whole(1, 1_000_000), 100)

_FORMULA = f"+ - * / ^ and {KNOWN_FUNCTIONS}."

_INDEX = "[1-9][0-9]{0,8}"

LAYER = (
    Key(
        "weights",
        Matrix(),
        "Row j, column k holds the weight to neuron j from neuron k of the layer below; the first "
        "layer has a column for each input. [input] can declare another order.",
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
        "constant",
        Number(signed=True),
        "The constant input that the biases are the weights of, as in p = w x + b (-1); left out, "
        "they are added as they are.",
        "constant = -1",
        None,
    ),
    Key(
        "activation",
        Choice(ACTIVATIONS),
        "The function that turns a neuron's pre-activation into its output.",
        'activation = "relu"',
        instead="formula",
    ),
    Key(
        "formula",
        Text(200),
        f"In place of activation: one of your own, as a formula in x, with {_FORMULA}",
        'formula = "x / (1 + abs(x))"',
        None,
    ),
    Key(
        "slope",
        Number(below=1),
        "The slope of leaky_relu for negative values; no other activation has one.",
        "slope = 0.01",
        Fraction(1, 100),
    ),
    Key(
        "slopes",
        Vector(),
        "The slopes of prelu for negative values, one for each row of weights; they are learned "
        "as weights are.",
        "slopes = [0.25, 0.25]",
        None,
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
            ("weights", "biases", "thresholds", "slopes"),
            rf"w\[{_INDEX},{_INDEX}\]|[ab]\[{_INDEX}\]",
            ("w[1,2]", "b[1]"),
        ),
        "What is kept fixed: all weights, biases (thresholds) or slopes, or single ones. w[1,2] is "
        "the layer's weight to neuron 1 from neuron 2 below, b[1] the bias or threshold of neuron "
        "1, a[1] its slope. What is fixed has no gradient and no update.",
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
        "A factor before it; m is the number of all samples, also where a step takes a batch of "
        "them: the penalty is the same in each batch's loss, and added to it whole.",
        'factor = "1/2m"',
        "1",
    ),
    Key("biases", Flag(), "Whether the biases are penalised too.", "biases = false", False),
)

LOSS = (
    Key(
        "kind",
        Choice(LOSSES),
        "How an output is compared with its target. The logarithms of binary_cross_entropy and "
        "cross_entropy are natural.",
        'kind = "squared_error"',
        "squared_error",
        instead="formula",
    ),
    Key(
        "formula",
        Text(200),
        "In place of kind: a loss of your own, as a formula in the target t and the output y, with "
        + _FORMULA,
        'formula = "(t - y)^4"',
        None,
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
        "print",
        PRINT,
        "Which steps are printed in full, in order; the first always is. Left out, all of up to "
        "three, and of more the first and the last.",
        "print = [1, 10, 100]",
        None,
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

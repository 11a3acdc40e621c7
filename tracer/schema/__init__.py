"""Every key that a problem file can have, declared once.

``PROBLEM`` is the format of a network as data, ``GRAPH_PROBLEM`` that of a computational graph.
:mod:`tracer.validation` checks a document against one of them; :mod:`tracer.json_schema` and
:mod:`tracer.reference` print both. Rules that join several keys (sizes that must agree) are in
:mod:`tracer.network_checks` and :mod:`tracer.graph_problem`.

To add a key, add a row to the file of its table.
"""

from __future__ import annotations

from dataclasses import replace

from tracer.schema.check import CHECK
from tracer.schema.graph import GRAPH
from tracer.schema.input import INPUT, SAMPLES
from tracer.schema.kinds import (
    REQUIRED,
    Array,
    Choice,
    Flag,
    Key,
    Kind,
    Matrix,
    NamedChoices,
    NamedNumbers,
    Names,
    Number,
    Several,
    Symbol,
    Table,
    Tables,
    Text,
    Texts,
    Vector,
    Whole,
)
from tracer.schema.limits import MOST_LAYERS, MOST_NEURONS, MOST_PARAMETERS, MOST_SAMPLES, MOST_WORK
from tracer.schema.network import (
    ACTIVATION_PARAMETERS,
    ACTIVATIONS,
    COUPLED,
    FORWARD_ONLY,
    IRRATIONAL,
    IRRATIONAL_LOSSES,
    LAYER,
    LOSS,
    PENALTY,
    PRELU,
    PRINT,
    SAMPLE,
    SHORTCUTS,
    STEPS,
    TRAINING,
)
from tracer.schema.notation import NOTATION, NOTATION_FILES, NOTATIONS
from tracer.schema.numbers import (
    DIGITS,
    NETWORK_QUANTITIES,
    NUMBERS,
    QUANTITIES,
    SIGNIFICANT,
)
from tracer.schema.optimizer import GRAPH_STATE, OPTIMIZER, OPTIMIZERS, STATE, Shape
from tracer.schema.page import DETAILS, ON_SLIDES, PAGE, PARTS, VIEWS

__all__ = [
    "ACTIVATIONS",
    "ACTIVATION_PARAMETERS",
    "CHECK",
    "COUPLED",
    "DETAILS",
    "DIGITS",
    "FORWARD_ONLY",
    "GRAPH",
    "GRAPH_PROBLEM",
    "GRAPH_STATE",
    "INPUT",
    "IRRATIONAL",
    "IRRATIONAL_LOSSES",
    "LAYER",
    "LOSS",
    "MOST_LAYERS",
    "MOST_NEURONS",
    "MOST_PARAMETERS",
    "MOST_SAMPLES",
    "MOST_WORK",
    "NETWORK_QUANTITIES",
    "NOTATION",
    "NOTATIONS",
    "NOTATION_FILES",
    "NUMBERS",
    "ON_SLIDES",
    "OPTIMIZER",
    "OPTIMIZERS",
    "PAGE",
    "PARTS",
    "PENALTY",
    "PRELU",
    "PRINT",
    "PROBLEM",
    "QUANTITIES",
    "REQUIRED",
    "SAMPLE",
    "SAMPLES",
    "SHORTCUTS",
    "SIGNIFICANT",
    "STATE",
    "STEPS",
    "TRAINING",
    "VIEWS",
    "Array",
    "Choice",
    "Flag",
    "Key",
    "Kind",
    "Matrix",
    "NamedChoices",
    "NamedNumbers",
    "Names",
    "Number",
    "Several",
    "Shape",
    "Symbol",
    "Table",
    "Tables",
    "Text",
    "Texts",
    "Vector",
    "Whole",
    "as_declared",
]

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
        "first_layer",
        Whole(1, 1_000),
        "The number of the first of the layers, where only the upper part of a network is given: "
        "the inputs are then printed as the outputs of the layer below. As in ids, the inputs of "
        "the whole network count as layer 0, though a notation may print 1. The ids themselves, "
        "and messages, count what is in the file, whatever is printed: w1[1,2] is in its first "
        "layer.",
        "first_layer = 2",
        1,
    ),
    Key(
        "layers",
        Tables(LAYER, MOST_LAYERS),
        "The layers after the inputs, each fully connected to the one below.",
        "[[layers]]",
    ),
    Key(
        "shared",
        Several(Texts(40, MOST_PARAMETERS, least=2), MOST_PARAMETERS),
        "Groups of at least two parameters that are one quantity in several places, by their ids; "
        "the first of a group stands for all. They have one gradient, the sum over the places, and "
        "one update.",
        'shared = [["w1[1,1]", "w1[2,2]"], ["b1[1]", "b1[2]"]]',
        None,
    ),
    Key(
        "data",
        Tables(SAMPLE, MOST_SAMPLES, SAMPLES),
        'The samples that the loss is taken over; with view = "function" in [page] there need be '
        "none.",
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
    Key("page", Table(PAGE), "What the page shows of the solution.", "[page]", {}),
    Key("check", Table(CHECK), "How submissions are marked by tracer check.", "[check]", {}),
    Key(
        "input",
        Table(INPUT),
        "In which conventions the weights, biases, samples and targets of this file are written. "
        "What is printed does not change with them, and nothing is guessed: what does not fit is "
        "refused.",
        "[input]",
        {},
    ),
)


def as_declared(*, biases_inside: bool, samples_together: bool) -> tuple[Key, ...]:
    """``PROBLEM`` where biases stand inside the weights, or all samples in one table."""
    kinds: dict[str, Kind] = {}
    if biases_inside:
        layer = (
            replace(key, default=None, instead="") if key.name == "biases" else key for key in LAYER
        )
        kinds["layers"] = Tables(tuple(layer), MOST_LAYERS)
    if samples_together:
        kinds["data"] = Table(SAMPLES)
    return tuple(replace(key, kind=kinds.get(key.name, key.kind)) for key in PROBLEM)


GRAPH_PROBLEM = (
    *_TEXTS,
    Key("graph", Table(GRAPH), "A computational graph instead of a network.", "[graph]"),
    *(key for key in PROBLEM if key.name in ("training", "optimizer", "numbers", "page", "check")),
    Key(
        "state",
        Tables(GRAPH_STATE, MOST_PARAMETERS),
        "What the optimiser has kept from earlier steps; all that is not given starts at 0.",
        "[[state]]",
        None,
    ),
)

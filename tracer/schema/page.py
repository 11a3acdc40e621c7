"""The keys of what the page shows of the solution."""

from __future__ import annotations

from tracer.schema.kinds import Choice, Key, NamedChoices, Names

VIEWS = ("auto", "paths", "deltas", "matrix", "function")
DETAILS = ("brief", "slides", "full")

# each part of a page that can be shown on its own: what it is, and in a graph, "" where it has none
PARTS: dict[str, tuple[str, str]] = {
    "givens": (
        "A box with all that is given: network, data, loss, activations, learning rate, which "
        "values the gradients use, how numbers are rounded.",
        "The same of the graph.",
    ),
    "indices": (
        "The order of indices, drawn once, and a list of all symbols.",
        "An edge drawn once with its local derivative, and what each kind of symbol means.",
    ),
    "forward": (
        "The forward pass as a table: pre-activation, output and derivative of each neuron, a row "
        "for each sample; the first row in numbers.",
        "The steps as they stand, and a table of all local derivatives.",
    ),
    "loss": (
        "What the sum, the mean and a factor 1/2 of the loss do to its gradients.",
        "The same, where the output is a sum or has such a factor.",
    ),
    "diagrams": (
        "The network drawn, and before each gradient the way from the parameter to the loss with "
        "the local derivative on each edge; in formats with pictures, on the slides too.",
        "The same of the graph.",
    ),
    "values": (
        "Values above and derivatives below the neurons of the whole network's picture, of the "
        "first sample.",
        "The same at the nodes of the graph's picture.",
    ),
    "deltas": (
        "Each delta by a symbol of its own, worked for each sample before the gradients that "
        "cite it.",
        "",
    ),
    "paths": (
        "The paths from each parameter to the loss, drawn and counted.",
        "The same from what is asked for to the output.",
    ),
    "reasons": (
        "A short reason for each factor, with what is held fixed.",
        "The same for each local derivative.",
    ),
    "samples": (
        "The sum over the samples as a table with a column for each factor, instead of in one "
        "line; where there is one sample there is no sum.",
        "The sum over the steps that read a quantity as such a table.",
    ),
    "updates": (
        "The update as a table: old value, gradient, learning rate times gradient, new value; "
        "other optimisers than plain gradient descent keep their lines.",
        "The same.",
    ),
    "plots": (
        "The loss over the steps, of one step along its way, and for one or two inputs the "
        "network's outputs over them with the samples, before and after; in formats with pictures.",
        "The output over the steps, and the value and the gradient of each quantity.",
    ),
    "check": (
        "Each gradient against the centred difference of the loss, with the digits that agree and "
        "whether a kink lies between; the loss recomputed from the new values as printed.",
        "The same of the output.",
    ),
    "practice": (
        "A gradient at the new values with its last steps left blank, and then the solution.",
        "The same.",
    ),
}

# what the slides show too
ON_SLIDES = ("diagrams",)

*_FIRST, _LAST = PARTS
_SHOWN = Names(tuple(_FIRST), _LAST, (_LAST,))

PAGE = (
    Key(
        "view",
        Choice(VIEWS),
        "How gradients are written: as sums over paths, by deltas, all in matrix form, or as "
        "functions in symbols without numbers; auto takes deltas above four paths. matrix and "
        "function have pages of their own, which take no other detail and no show; function needs "
        "all numbers too, and values that exist, though it prints none.",
        'view = "deltas"',
        "auto",
    ),
    Key(
        "views",
        NamedChoices(VIEWS),
        "The view of single gradients, where it is not that of all; beside matrix there is none.",
        'views = { "dloss/dw1[1,2]" = "paths" }',
        {},
    ),
    Key(
        "detail",
        Choice(DETAILS),
        "How much is said: the answers alone; as on the slides; or with every part below.",
        'detail = "full"',
        "slides",
    ),
    Key(
        "show",
        _SHOWN,
        "Parts that are shown besides; see below for what they are.",
        'show = ["check", "paths"]',
        None,
    ),
    Key(
        "hide",
        _SHOWN,
        "Parts that are left out of the full page. An option --hide also leaves out what the show "
        "of the file adds.",
        'hide = ["practice"]',
        None,
    ),
)

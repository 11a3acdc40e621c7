"""The problem that a file describes, checked.

:func:`load` is the only way in: what it returns is complete and agrees with itself, so that nothing
after it needs to check sizes, signs or spellings. What it refuses, it refuses with every fault.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from tracer import graph_problem, ids, schema
from tracer.errors import Fault, InputError, count
from tracer.graph_problem import GraphProblem
from tracer.notation import Notation, named, own
from tracer.optimizer_keys import Optimizer, check_optimizer, optimizer
from tracer.parameters import check_frozen, frozen_in, offsets
from tracer.policy import Numbers
from tracer.source import Source, from_dict, from_text, read_path
from tracer.symbols import Symbols, clash
from tracer.validation import ENOUGH, Findings, check_table, check_value, defaults


@dataclass(frozen=True, slots=True)
class Layer:
    """A fully connected layer; ``weights[j][k]`` leads to neuron j from neuron k below.

    ``biases`` has one entry for each row of weights, or is None where the layer has none; where
    they are ``thresholds`` they are subtracted. ``parameter`` is that of the activation, as
    ``schema.ACTIVATION_PARAMETERS`` names it, or None.
    """

    weights: tuple[tuple[Fraction, ...], ...]
    biases: tuple[Fraction, ...] | None
    activation: str
    parameter: Fraction | None
    thresholds: bool = False


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
    parameter of the Huber loss, else None. ``shortcut``: whether the derivative by the output's
    pre-activation is used in its short form.
    """

    kind: str
    factor: Fraction
    outputs: str
    samples: str
    name: str | None
    delta: Fraction | None
    shortcut: bool
    penalty: Penalty | None


@dataclass(frozen=True, slots=True)
class Problem:
    """A network, its data, and what to work out.

    There is at least one layer and one sample, and all sizes agree. With ``steps`` of at least 1
    there is a learning rate. The learning rates are those of the steps, the last of them that
    of all further ones. ``batch`` is None where every step takes all samples. ``frozen`` holds the
    ids of the parameters that are kept fixed, never all.
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

    def is_coupled(self, layer: int) -> bool:
        """Whether each output of a layer (from 1) depends on all of its pre-activations."""
        return self.layers[layer - 1].activation in schema.COUPLED

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
        """The ids of all weights and biases, layer by layer."""
        return ids.parameters(self.sizes, self.symbols.biased)

    @property
    def parameters(self) -> int:
        """The number of weights and biases."""
        return sum(
            len(layer.weights) * len(layer.weights[0]) + len(layer.biases or ())
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
        )


AnyProblem = Problem | GraphProblem


def load(source: str | os.PathLike[str] | Mapping[Any, Any]) -> AnyProblem:
    """Read a problem from a TOML file, from TOML text, or from a mapping of the same structure.

    With a table ``graph`` it is a computational graph, else a network.

    A str with a line break or ``=`` is text, any other a path; ``-`` is standard input. Raises
    InputError with all faults, by their position.
    """
    if isinstance(source, Mapping):
        document = from_dict(source)
    elif isinstance(source, str) and ("\n" in source or "=" in source):
        document = from_text(source, "<text>")
    else:
        document = read_path(source)
    found: Findings = []
    if "graph" in document.content:
        return _load_graph(document)
    given = check_table(schema.PROBLEM, document.content, (), found)
    _check_layers(_entries(given, "layers"), found)
    check_frozen(_entries(given, "layers"), found)
    _check_data(_entries(given, "layers"), _entries(given, "data"), found)
    _check_targets(given, found)
    _check_work(given, found)
    _check_settings(given, found)
    check_optimizer(given, _entries(given, "layers"), found)
    if found:
        raise _input_error(document, found)
    problem = _build(given)
    if isinstance(given.get("notation"), Mapping):
        _check_symbols(problem, found)
    if found:
        raise _input_error(document, found)
    return problem


def _load_graph(document: Source) -> GraphProblem:
    found: Findings = []
    given = check_table(schema.GRAPH_PROBLEM, document.content, (), found)
    problem = graph_problem.build(given, found)
    if problem is None or found:
        raise _input_error(document, found)
    return problem


def with_changes(
    problem: AnyProblem,
    *,
    digits: int | None = None,
    steps: int | None = None,
    notation: str | None = None,
) -> AnyProblem:
    """Return the problem with what the command line sets; None leaves a value as it is.

    Raises InputError, located at the option's name.
    """
    found: Findings = []
    changes: dict[str, Any] = {}
    if digits is not None:
        checked = check_value(schema.DIGITS, digits, ("digits",), found)
        changes["numbers"] = replace(problem.numbers, digits=checked)
    if steps is not None:
        changes["steps"] = check_value(schema.STEPS, steps, ("steps",), found)
        if changes["steps"] and isinstance(problem, Problem) and problem.forward_only:
            found.append((("steps",), False, no_gradients(problem.forward_only)))
        elif changes["steps"] and not problem.learning_rates:
            message = "the problem has no learning rate; give it one, such as"
            example = "[training] learning_rate = 0.01"
            found.append((("steps",), False, f"{message} {example}"))
        elif isinstance(problem, Problem):
            steps = changes["steps"] or 0
            if too_much := _too_much(problem.parameters, len(problem.data), steps):
                found.append((("steps",), False, too_much))
    if notation is not None and isinstance(problem, GraphProblem):
        message = "a graph has the names that its file gives, and no notation"
        found.append((("notation",), False, message))
    elif notation is not None:
        name = check_value(schema.Choice(schema.NOTATIONS), notation, ("notation",), found)
        changes["notation"] = name and named(name)
    if found:
        raise InputError(*(Fault(f"--{place[0]}", message) for place, _, message in found))
    return replace(problem, **changes)


def no_gradients(activation: str) -> str:
    """Why there is no update, and what would be right."""
    return (
        f"the derivative of {activation} is 0 wherever there is one, so there are no gradients to "
        "follow; leave out [training] (or set steps = 0) for the forward pass, or use sigmoid"
    )


def _entries(given: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """Return a list of tables as far as it was readable; an entry that was not is empty."""
    return [entry or {} for entry in given.get(name) or ()]


def _check_layers(layers: list[dict[str, Any]], found: Findings) -> None:
    below = 0  # the size of the layer below, where known
    for index, layer in enumerate(layers):
        weights, (key, biases) = layer.get("weights"), offsets(layer)
        if weights and below and len(weights[0]) != below:
            message = (
                f"the rows of weights have {count(len(weights[0]), 'number')}, "
                f"but layer {index} has {count(below, 'neuron')}"
            )
            found.append((("layers", index, "weights"), False, message))
        if weights and biases and len(biases) != len(weights):
            message = (
                f"{count(len(biases), 'number')} in {key}, but layer {index + 1} "
                f"has {count(len(weights), 'neuron')} (rows of weights)"
            )
            found.append((("layers", index, key), False, message))
        activation = layer.get("activation")
        if activation in schema.COUPLED and weights and len(weights) == 1:
            message = f'{activation} of a single neuron is always 1; use "sigmoid"'
            found.append((("layers", index, "activation"), False, message))
        for owner, name in schema.ACTIVATION_PARAMETERS.items():
            if name in layer and activation not in (None, owner):
                article = "an" if name[0] in "aeiou" else "a"
                message = f'only activation = "{owner}" has {article} {name}, not "{activation}"'
                found.append((("layers", index, name), True, message))
        below = len(weights) if weights else 0


def _check_data(
    layers: list[dict[str, Any]], samples: list[dict[str, Any]], found: Findings
) -> None:
    first = layers[0].get("weights") if layers else None
    last = layers[-1].get("weights") if layers else None
    widths = {len(sample["inputs"]) for sample in samples if sample.get("inputs")}
    if first and len(widths) == 1 and widths != {len(first[0])}:
        # when the samples agree with each other it is the weights that don't fit
        message = (
            f"the rows of weights have {count(len(first[0]), 'number')}, "
            f"but the samples have {count(widths.pop(), 'input')}"
        )
        found.append((("layers", 0, "weights"), False, message))
    else:
        _check_lengths("inputs", len(first[0]) if first else None, samples, found)
    _check_lengths("targets", len(last) if last else None, samples, found)


def _check_lengths(
    name: str, expected: int | None, samples: list[dict[str, Any]], found: Findings
) -> None:
    """Compare each sample's ``name`` with what the network expects, or else the first sample's."""
    owner = "the network"
    for index, sample in enumerate(samples):
        if not sample.get(name):
            continue
        length = len(sample[name])
        if expected is None:
            expected, owner = length, f"sample {index + 1}"
        if length != expected:
            nouns = count(length, name[:-1]), "outputs" if owner == "the network" else name
            message = f"{nouns[0]} in sample {index + 1}, but {owner} has {expected:,}"
            found.append((("data", index, name), False, message))


# what the targets of a loss must be, and words for it
_TARGETS: dict[str, tuple[Callable[[Fraction], bool], str]] = {
    "hinge": (lambda t: abs(t) == 1, "1 or -1"),
    "binary_cross_entropy": (lambda t: 0 <= t <= 1, "from 0 to 1"),
    "cross_entropy": (lambda t: 0 <= t <= 1, "from 0 to 1"),
}


def _check_targets(given: Mapping[str, Any], found: Findings) -> None:
    """Losses of classes take targets of certain values; a distribution's sum to 1."""
    loss = given.get("loss") or {}
    kind = loss.get("kind")
    if "delta" in loss and kind not in (None, "huber"):
        message = f'only kind = "huber" has a delta, not "{kind}"'
        found.append((("loss", "delta"), True, message))
    if kind not in _TARGETS:
        return
    allows, words = _TARGETS[kind]
    for index, sample in enumerate(_entries(given, "data")):
        targets = sample.get("targets") or ()
        wrong = next((t for t in targets if not allows(t)), None)
        place = ("data", index, "targets")
        if wrong is not None:
            found.append((place, False, f"targets of {kind} must be {words}, not {wrong}"))
        elif targets and kind == "cross_entropy" and sum(targets) != 1:
            message = (
                "targets of cross_entropy must sum to 1, as in [0, 1, 0], "
                f"not to {sum(targets)}; for one output use binary_cross_entropy"
            )
            found.append((place, False, message))


def _check_work(given: Mapping[str, Any], found: Findings) -> None:
    parameters = sum(
        len(layer["weights"]) * len(layer["weights"][0]) + len(offsets(layer)[1] or ())
        for layer in _entries(given, "layers")
        if layer.get("weights")
    )
    if parameters > schema.MOST_PARAMETERS:
        message = f"{parameters:,} weights and biases; at most {schema.MOST_PARAMETERS:,}"
        found.append((("layers",), False, message))
    training = given.get("training") or {}
    samples = len(given.get("data") or ())
    message = _too_much(parameters, samples, training.get("steps") or 1)
    if message:
        found.append((("data",), False, message))
    for index, layer in enumerate(_entries(given, "layers")):
        if not layer.get("weights") or layer.get("activation") not in schema.COUPLED:
            continue
        neurons = len(layer["weights"])
        if neurons**2 * samples > schema.MOST_WORK:
            message = (
                f"{layer['activation']} of {neurons} neurons has {neurons**2:,} derivatives at "
                f"each of {count(samples, 'sample')}; at most {schema.MOST_WORK:,} in all"
            )
            found.append((("layers", index, "activation"), False, message))


def _too_much(parameters: int, samples: int, steps: int) -> str:
    """Why these are too many gradients of single samples for a page, or "" if they are not."""
    # of up to three steps the gradients are printed, of longer runs those of the first and last
    passes = max(steps, 1) if steps <= 3 else 2
    if parameters * samples * passes <= schema.MOST_WORK:
        return ""
    times = f", printed for {count(passes, 'step')}," if passes > 1 else ""
    return (
        f"{count(samples, 'sample')} for {parameters:,} weights and biases{times} are "
        f"{parameters * samples * passes:,} gradients; at most {schema.MOST_WORK:,}"
    )


def _check_settings(given: Mapping[str, Any], found: Findings) -> None:
    training = given.get("training")
    if training is None:
        training = {"steps": 0}
    steps = training.get("steps", 1)
    if steps and "learning_rate" not in training:
        message = f'"learning_rate" is missing for {count(steps, "step")}; write for example'
        place = ("training", "learning_rate")
        found.append((place, False, f"{message} learning_rate = 0.01, or steps = 0"))
    batch, samples = training.get("batch"), len(given.get("data") or ())
    if isinstance(batch, int) and 0 < samples < batch:
        verb = "is" if samples == 1 else "are"
        message = f"batch is {batch:,}, but there {verb} {count(samples, 'sample')}"
        found.append((("training", "batch"), False, f'{message}; write batch = "all"'))
    elif isinstance(batch, int) and (given.get("loss") or {}).get("penalty"):
        message = "a penalty is not supported with batches yet; leave out one of them"
        found.append((("training", "batch"), False, message))
    numbers = given.get("numbers") or {}
    for index, layer in enumerate(_entries(given, "layers")):
        if steps and layer.get("activation") in schema.FORWARD_ONLY:
            message = no_gradients(layer["activation"])
            found.append((("layers", index, "activation"), False, message))
            break
    for index, layer in enumerate(_entries(given, "layers")):
        if numbers.get("policy") == "exact" and layer.get("activation") in schema.IRRATIONAL:
            message = (
                f'"exact" works with fractions, but layer {index + 1} has {layer["activation"]}, '
                'whose values are none; use "display"'
            )
            found.append((("numbers", "policy"), False, message))
            break

    loss = (given.get("loss") or {}).get("kind")
    if numbers.get("policy") == "exact" and loss in schema.IRRATIONAL_LOSSES:
        message = (
            f'"exact" works with fractions, but {loss} takes logarithms, which are none; '
            'use "display"'
        )
        found.append((("numbers", "policy"), False, message))


def _check_symbols(problem: Problem, found: Findings) -> None:
    """Two quantities of the problem must not look alike, as they may in a notation of one's own."""
    same = clash(problem.symbols)
    if same is not None:
        one, other, glyph = same
        message = f'{one} and {other} have the same symbol, "{glyph}"; tell them apart by an index'
        found.append((("notation",), True, message))


def _input_error(document: Source, found: Findings) -> InputError:
    shown = found[:ENOUGH]
    shown.sort(key=lambda finding: document.offset(finding[0], finding[1]))
    faults = [Fault(document.locate(place, key), message) for place, key, message in shown]
    if len(found) >= ENOUGH:
        faults.append(Fault(document.name, "there may be more; mend these first"))
    return InputError(*faults)


def _loss(loss: dict[str, Any], last: str) -> Loss:
    """The loss of outputs with the activation ``last``."""
    delta = loss["delta"] if loss["kind"] == "huber" else None
    shortcut = loss["shortcut"] and (loss["kind"], last) in schema.SHORTCUTS
    penalty = None
    if loss["penalty"] is not None:
        given = defaults(schema.PENALTY) | loss["penalty"]
        penalty = Penalty(given["kind"], given["lambda"], given["factor"], given["biases"])
    return Loss(**(loss | {"delta": delta, "shortcut": shortcut, "penalty": penalty}))


def _build(given: dict[str, Any]) -> Problem:
    """Fill in the defaults. Nothing in ``given`` is None any more."""
    top = defaults(schema.PROBLEM) | given
    training = defaults(schema.TRAINING) | top["training"]
    layers = [defaults(schema.LAYER) | layer for layer in top["layers"]]
    return Problem(
        title=top["title"],
        question=top["question"],
        layers=tuple(
            Layer(
                weights=layer["weights"],
                biases=offsets(layer)[1] or None,
                activation=layer["activation"],
                parameter=layer.get(schema.ACTIVATION_PARAMETERS.get(layer["activation"], "")),
                thresholds=layer["thresholds"] is not None,
            )
            for layer in layers
        ),
        data=tuple(Sample(**sample) for sample in top["data"]),
        loss=_loss(defaults(schema.LOSS) | top["loss"], layers[-1]["activation"]),
        learning_rates=training["learning_rate"] or (),
        steps=training["steps"],
        batch=None if training["batch"] == "all" else training["batch"],
        optimizer=optimizer(defaults(schema.OPTIMIZER) | top["optimizer"], top["state"] or ()),
        numbers=Numbers(**(defaults(schema.NUMBERS) | top["numbers"])),
        notation=_notation(top["notation"]),
        frozen=frozenset().union(*(frozen_in(i, row) for i, row in enumerate(layers, 1))),
    )


def _notation(given: str | Mapping[str, Any]) -> Notation:
    return named(given) if isinstance(given, str) else own(given)

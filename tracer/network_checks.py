"""Rules that join several keys of a network: sizes, kinds and settings that must agree."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from tracer import schema
from tracer.errors import count
from tracer.input_conventions import CANONICAL, Canonical, Conventions, canonical
from tracer.own_formula import OWN, activation_of, fault_of, irrational, read_activation, read_loss
from tracer.parameters import offsets
from tracer.print_steps import check_chosen, printed_steps
from tracer.problem import Problem
from tracer.symbols import clash
from tracer.toml_scan import Place
from tracer.validation import Findings


def no_gradients(activation: str) -> str:
    """Why there is no update, and what would be right."""
    return (
        f"the derivative of {activation} is 0 wherever there is one, so there are no gradients to "
        "follow; leave out [training] (or set steps = 0) for the forward pass, or use sigmoid"
    )


def entries(given: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """Return a list of tables as far as it was readable; an entry that was not is empty."""
    return [entry or {} for entry in given.get(name) or ()]


def read_sizes(given: Mapping[str, Any], own: Conventions, found: Findings) -> Canonical:
    """Return what was written in the conventions ``own`` in the canonical ones, sizes checked.

    Where all would fit in another convention, such as with matrices that lie the other way, that
    is the one fault, and it says how to declare the convention: the others follow from it.
    """
    read, faults = _sized(given, own)
    for other, key_at_fault, hint in own.alternatives() if faults else ():
        fitting, wrong = _sized(given, other)
        if not wrong:
            there = [fault for fault in faults if key_at_fault in fault[0]]
            place, key, message = min(there, default=faults[0], key=_number)
            found.append((place, key, f"{message}; {hint}"))
            return fitting  # for what else is checked
    found += faults
    return read


def _number(fault: tuple[Place, bool, str]) -> int:
    """The number of the layer or sample that a fault is in, 0 for all."""
    number = fault[0][1]
    return number if isinstance(number, int) else 0


def _sized(given: Mapping[str, Any], own: Conventions) -> tuple[Canonical, Findings]:
    faults: Findings = []
    read = canonical(given, own, faults)
    layers = entries(read.given, "layers")
    check_layers(layers, faults, own)
    check_data(layers, entries(read.given, "data"), faults, own)
    return read, faults


def check_layers(
    layers: list[dict[str, Any]], found: Findings, own: Conventions = CANONICAL
) -> None:
    """Rows fit the layer below, biases the rows, and parameters the activation."""
    below = 0  # the size of the layer below, where known
    for index, layer in enumerate(layers):
        weights, (key, biases) = layer.get("weights"), offsets(layer)
        if weights and len(weights) > schema.MOST_NEURONS:
            message = (
                f"{len(weights):,} {own.lines}, one for each neuron; "
                f"at most {schema.MOST_NEURONS} in a layer"
            )
            found.append((("layers", index, "weights"), False, message))
        if weights and below and len(weights[0]) != below:
            message = (
                f"the {own.lines} of weights have {count(len(weights[0]), 'number')}"
                f"{own.besides(layer)}, but layer {index} has {count(below, 'neuron')}"
            )
            found.append((("layers", index, "weights"), False, message))
        if weights and biases and len(biases) != len(weights):
            message = (
                f"{count(len(biases), 'number')} in {key}, but layer {index + 1} "
                f"has {count(len(weights), 'neuron')} ({own.lines} of weights)"
            )
            found.append((("layers", index, key), False, message))
        activation = activation_of(layer)
        if activation in schema.COUPLED and weights and len(weights) == 1:
            message = f'{activation} of a single neuron is always 1; use "sigmoid"'
            found.append((("layers", index, "activation"), False, message))
        if layer.get("constant") is not None and not (key == "biases" and biases):
            has = "thresholds, which are subtracted" if key == "thresholds" else "no biases"
            message = f"a constant input has biases as its weights, but layer {index + 1} has {has}"
            found.append((("layers", index, "constant"), True, message))
        check_slopes(index, layer, activation, found)
        for owner, name in schema.ACTIVATION_PARAMETERS.items():
            if name in layer and activation not in (None, owner):
                article = "an" if name[0] in "aeiou" else "a"
                other = "a formula" if activation == OWN else f'"{activation}"'
                message = f'only activation = "{owner}" has {article} {name}, not {other}'
                found.append((("layers", index, name), True, message))
        below = len(weights) if weights else 0


def check_slopes(index: int, layer: Mapping[str, Any], activation: Any, found: Findings) -> None:
    """Parametric ReLU has a slope for each neuron, and nothing else has any."""
    slopes, weights = layer.get("slopes"), layer.get("weights")
    if activation == schema.PRELU and "slopes" not in layer:
        message = f'"slopes" is missing for {schema.PRELU}; write for example slopes = [0.25, 0.25]'
        found.append((("layers", index, "slopes"), False, message))
    if "slopes" in layer and activation not in (None, schema.PRELU):
        other = "a formula" if activation == OWN else f'"{activation}"'
        hint = '; leaky_relu has "slope"' if activation == "leaky_relu" else ""
        message = f'only activation = "{schema.PRELU}" has slopes, not {other}{hint}'
        found.append((("layers", index, "slopes"), True, message))
    elif slopes and weights and len(slopes) != len(weights):
        message = (
            f"{count(len(slopes), 'number')} in slopes, but layer {index + 1} "
            f"has {count(len(weights), 'neuron')} (rows of weights)"
        )
        found.append((("layers", index, "slopes"), False, message))


def check_data(
    layers: list[dict[str, Any]],
    samples: list[dict[str, Any]],
    found: Findings,
    own: Conventions = CANONICAL,
) -> None:
    """Every sample has the sizes of the network."""
    first = layers[0].get("weights") if layers else None
    last = layers[-1].get("weights") if layers else None
    widths = {len(sample["inputs"]) for sample in samples if sample.get("inputs")}
    if first and len(widths) == 1 and widths != {len(first[0])}:
        # when the samples agree with each other it is the weights that don't fit
        message = (
            f"the {own.lines} of weights have {count(len(first[0]), 'number')}"
            f"{own.besides(layers[0])}, but the samples have {count(widths.pop(), 'input')}"
        )
        found.append((("layers", 0, "weights"), False, message))
    else:
        _check_lengths("inputs", len(first[0]) if first else None, samples, found)
    targets = next((sample["targets"] for sample in samples if sample.get("targets")), None)
    if own.samples_together and last and targets and len(targets) != len(last):
        message = (
            f"targets have {count(len(targets), 'number')} for each sample, "
            f"but the network has {count(len(last), 'output')}"
        )
        found.append(
            (("data", "targets"), False, f"{message} (each {own.samples[:-1]} is a sample)")
        )
    elif not own.samples_together:
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


def check_formulas(layers: Sequence[Mapping[str, Any]], found: Findings) -> None:
    """Activations of the user's own can be read."""
    for index, layer in enumerate(layers):
        text = layer.get("formula")
        if text is not None and (message := fault_of(text, read_activation)):
            found.append((("layers", index, "formula"), False, message))


def check_loss_formula(given: Mapping[str, Any], found: Findings) -> None:
    """A loss of the user's own can be read, and has exact values where these are asked for."""
    text = (given.get("loss") or {}).get("formula")
    if text is None:
        return
    if message := fault_of(text, read_loss):
        found.append((("loss", "formula"), False, message))
    elif (given.get("numbers") or {}).get("policy") == "exact":
        name = irrational(read_loss(text))
        if name is not None:
            message = (
                f'"exact" works with fractions, but the loss has {name}, whose values are none; '
                'use "display"'
            )
            found.append((("numbers", "policy"), False, message))


# what the targets of a loss must be, and words for it
_TARGETS: dict[str, tuple[Callable[[Fraction], bool], str]] = {
    "hinge": (lambda t: abs(t) == 1, "1 or -1"),
    "binary_cross_entropy": (lambda t: 0 <= t <= 1, "from 0 to 1"),
    "cross_entropy": (lambda t: 0 <= t <= 1, "from 0 to 1"),
}


def check_targets(given: Mapping[str, Any], found: Findings) -> None:
    """Losses of classes take targets of certain values; a distribution's sum to 1."""
    loss = given.get("loss") or {}
    kind = loss.get("kind")
    own = "formula" in loss
    if "delta" in loss and (own or kind not in (None, "huber")):
        other = "a formula" if own else f'"{kind}"'
        message = f'only kind = "huber" has a delta, not {other}'
        found.append((("loss", "delta"), True, message))
    if kind not in _TARGETS:
        return
    allows, words = _TARGETS[kind]
    for index, sample in enumerate(entries(given, "data")):
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


def check_work(given: Mapping[str, Any], found: Findings) -> None:
    """The problem is of a size that a page and a minute can hold."""
    parameters = sum(
        len(layer["weights"]) * len(layer["weights"][0])
        + len(offsets(layer)[1] or ())
        + len(layer.get("slopes") or ())
        for layer in entries(given, "layers")
        if layer.get("weights")
    )
    if parameters > schema.MOST_PARAMETERS:
        message = f"{parameters:,} weights and biases; at most {schema.MOST_PARAMETERS:,}"
        found.append((("layers",), False, message))
    training = given.get("training") or {}
    samples = len(given.get("data") or ())
    message = too_much(parameters, samples, training.get("steps") or 1, training.get("print") or ())
    if message:
        found.append((("data",), False, message))
    for index, layer in enumerate(entries(given, "layers")):
        if not layer.get("weights") or layer.get("activation") not in schema.COUPLED:
            continue
        neurons = len(layer["weights"])
        if neurons**2 * samples > schema.MOST_WORK:
            message = (
                f"{layer['activation']} of {neurons} neurons has {neurons**2:,} derivatives at "
                f"each of {count(samples, 'sample')}; at most {schema.MOST_WORK:,} in all"
            )
            found.append((("layers", index, "activation"), False, message))


def too_much(parameters: int, samples: int, steps: int, chosen: Sequence[int] = ()) -> str:
    """Why these are too many gradients of single samples for a page, or "" if they are not.

    They are printed for each step that is, or once.
    """
    passes = len(printed_steps(steps, chosen)) or 1
    if parameters * samples * passes <= schema.MOST_WORK:
        return ""
    times = f", printed for {count(passes, 'step')}," if passes > 1 else ""
    return (
        f"{count(samples, 'sample')} for {parameters:,} weights and biases{times} are "
        f"{parameters * samples * passes:,} gradients; at most {schema.MOST_WORK:,}"
    )


def check_settings(given: Mapping[str, Any], found: Findings) -> None:
    """Training, numbers and penalty agree with the network and with each other."""
    training = given.get("training")
    if training is None:
        training = {"steps": 0}
    steps = training.get("steps", 1)
    if steps and "learning_rate" not in training:
        message = f'"learning_rate" is missing for {count(steps, "step")}; write for example'
        place = ("training", "learning_rate")
        found.append((place, False, f"{message} learning_rate = 0.01, or steps = 0"))
    check_chosen(training, found)
    batch, samples = training.get("batch"), len(given.get("data") or ())
    if isinstance(batch, int) and 0 < samples < batch:
        verb = "is" if samples == 1 else "are"
        message = f"batch is {batch:,}, but there {verb} {count(samples, 'sample')}"
        found.append((("training", "batch"), False, f'{message}; write batch = "all"'))
    numbers = given.get("numbers") or {}
    for index, layer in enumerate(entries(given, "layers")):
        if steps and layer.get("activation") in schema.FORWARD_ONLY:
            message = no_gradients(layer["activation"])
            found.append((("layers", index, "activation"), False, message))
            break
    for index, layer in enumerate(entries(given, "layers")):
        has = layer.get("activation")
        if layer.get("formula") is not None:
            text = layer["formula"]
            has = None if fault_of(text, read_activation) else irrational(read_activation(text))
        elif has not in schema.IRRATIONAL:
            continue
        if numbers.get("policy") == "exact" and has:
            message = (
                f'"exact" works with fractions, but layer {index + 1} has {has}, '
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


def check_symbols(problem: Problem, found: Findings) -> None:
    """Two quantities of the problem must not look alike, as they may in a notation of one's own."""
    same = clash(problem.symbols)
    if same is not None:
        one, other, glyph = same
        message = f'{one} and {other} have the same symbol, "{glyph}"; tell them apart by an index'
        found.append((("notation",), True, message))

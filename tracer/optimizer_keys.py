"""The keys of a problem's ``[optimizer]``: what must agree in them, and what they come to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tracer import ids, schema
from tracer.errors import count
from tracer.input_conventions import CANONICAL, Conventions
from tracer.parameters import by_id, offsets
from tracer.toml_scan import Place
from tracer.validation import Findings, defaults


@dataclass(frozen=True, slots=True)
class Optimizer:
    """How gradients change the parameters: the row ``kind`` of :mod:`tracer.optimizers`.

    ``constants`` are those that it has. ``state`` is what it starts from where that is not 0, by
    id; ``t`` is what its bias correction calls the first step.
    """

    kind: str
    constants: Mapping[str, Fraction]
    epsilon_in_root: bool
    bias_correction: bool
    t: int
    state: Mapping[str, Fraction]


Entry = tuple[Place, Mapping[str, Any]]
"""A table of ``[[state]]`` and where it stands."""


def check_optimizer(given: Mapping[str, Any], of: str, found: Findings) -> Iterator[Entry]:
    """The entries of ``[[state]]``, each with its place, that are of what the optimiser keeps.

    What does not agree in ``[optimizer]`` and ``[[state]]`` is added to ``found``; ``of`` is the
    key that says what an entry is kept of.
    """
    own = given.get("optimizer") or {}
    kind = own.get("kind", "gradient_descent")
    if kind is None:
        return
    shape = schema.OPTIMIZERS[kind]
    belongs = {key.name for key in schema.OPTIMIZER} - {"kind"}
    for name in sorted(belongs & set(own)):
        _check_belongs(("optimizer", name), kind, found)
    policy = (given.get("numbers") or {}).get("policy")
    if policy == "exact" and "epsilon" in shape.constants:
        message = f'"exact" works with fractions, but {kind} takes square roots; use "display"'
        found.append((("numbers", "policy"), False, message))
    seen = set()
    if given.get("state"):
        _check_belongs(("state",), kind, found)
    for index, entry in enumerate(given.get("state") or ()):
        if not entry or entry.get("name") is None or entry.get(of) is None:
            continue
        place: Place = ("state", index)
        name = entry["name"]
        if shape.states and name not in shape.states:
            message = f'{kind} keeps no "{name}"; it keeps {" and ".join(shape.states)}'
            found.append(((*place, "name"), False, message))
        if (name, entry[of]) in seen:
            layer = "layer " if of == "layer_number" else ""
            found.append((place, False, f"{name} of {layer}{entry[of]} is given twice"))
        else:
            yield place, entry
        if name in shape.squares:
            _check_squares(entry, place, found)
        seen.add((name, entry[of]))


def check_layers_state(
    given: Mapping[str, Any],
    layers: Sequence[Mapping[str, Any]],
    found: Findings,
    written: Conventions = CANONICAL,
) -> None:
    """Add to ``found`` what does not agree in a network's ``[optimizer]`` and ``[[state]]``."""
    for place, entry in check_optimizer(given, "layer_number", found):
        number = entry["layer_number"]
        if layers and number > len(layers):
            message = f"there is no layer {number}; the last is {len(layers)}"
            found.append(((*place, "layer_number"), False, message))
        elif layers:
            _check_shape(layers[number - 1], entry, place, found, written)


def _check_belongs(place: Place, kind: str, found: Findings) -> None:
    """Whether an optimiser has a use for the key at ``place``."""
    name = str(place[-1])
    owners = [k for k, shape in schema.OPTIMIZERS.items() if _has_key(shape, name)]
    if kind not in owners:
        message = f'"{name}" is for {", ".join(owners)}; {kind} has no use for it'
        found.append((place, True, message))


def _has_key(shape: schema.Shape, name: str) -> bool:
    """Whether a key means something to an optimiser."""
    if name == "state":
        return bool(shape.states)
    if name == "epsilon_in_root":
        return "epsilon" in shape.constants
    if name in ("bias_correction", "t"):
        return "beta1" in shape.constants
    return name in shape.constants


def _check_shape(
    layer: Mapping[str, Any],
    entry: Mapping[str, Any],
    place: Place,
    found: Findings,
    written: Conventions,
) -> None:
    """The values kept of a layer have the shape of its parameters."""
    weights, own = layer.get("weights"), entry.get("weights")
    if weights and own and (len(weights), len(weights[0])) != (len(own), len(own[0])):
        biased = bool(written.besides(layer))
        message = f"{written.size(len(own), len(own[0]), biased)} numbers, but the layer has "
        message += f"{written.size(len(weights), len(weights[0]), biased)} weights"
        message += " and biases" if biased else ""
        found.append(((*place, "weights"), False, message))
    if written.biases_inside:
        return  # they are of that matrix
    (key, biases), own = offsets(layer), entry.get("biases")
    if own and weights and len(own) != len(biases or ()):
        message = f"{count(len(own), 'number')}, but the layer has {len(biases or ())} {key}"
        found.append(((*place, "biases"), False, message))
    slopes, own = layer.get("slopes"), entry.get("slopes")
    if own and weights and len(own) != len(slopes or ()):
        message = f"{count(len(own), 'number')}, but the layer has {len(slopes or ())} slopes"
        found.append(((*place, "slopes"), False, message))


def _check_squares(entry: Mapping[str, Any], place: Place, found: Findings) -> None:
    """A mean of squares is not negative."""
    keys = ("weights", "biases", "slopes", "values")
    if any(value < 0 for key in keys for value in flat(entry.get(key))):
        message = f"{entry['name']} is made of squares; none of its values can be negative"
        found.append((place, False, message))


def flat(value: Any) -> Iterator[Fraction]:
    """The numbers of a number, a list or a matrix; of None none."""
    if isinstance(value, tuple):
        for part in value:
            yield from flat(part)
    elif value is not None:
        yield value


def state_of_layers(entries: Sequence[Mapping[str, Any]]) -> dict[str, Fraction]:
    """What the checked entries of a network's [[state]] come to, by id."""
    state: dict[str, Fraction] = {}
    for entry in entries:
        kept = entry["weights"], entry.get("biases"), entry.get("slopes")
        own = by_id(entry["layer_number"], *kept)
        state |= {ids.state(entry["name"], name): value for name, value in own.items()}
    return state


def optimizer(given: Mapping[str, Any] | None, state: Mapping[str, Fraction]) -> Optimizer:
    """What the checked keys of [optimizer] come to, with what it starts from."""
    given = defaults(schema.OPTIMIZER) | dict(given or {})
    kind = given["kind"]
    return Optimizer(
        kind=kind,
        constants={name: given[name] for name in schema.OPTIMIZERS[kind].constants},
        epsilon_in_root=given["epsilon_in_root"],
        bias_correction=given["bias_correction"],
        t=given["t"],
        state=state,
    )

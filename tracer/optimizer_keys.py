"""The keys of a problem's ``[optimizer]``: what must agree in them, and what they come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tracer import ids, schema
from tracer.errors import count
from tracer.parameters import offsets
from tracer.toml_scan import Place
from tracer.validation import Findings


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


PLAIN = Optimizer("gradient_descent", {}, False, False, 1, {})
"""What updates where nothing else is asked for."""


def check_optimizer(
    given: Mapping[str, Any], layers: Sequence[Mapping[str, Any]], found: Findings
) -> None:
    """Add to ``found`` what does not agree in ``[optimizer]``, with itself or the layers."""
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
        if not entry or entry.get("name") is None or entry.get("layer_number") is None:
            continue
        place: Place = ("state", index)
        name, number = entry["name"], entry["layer_number"]
        if shape.states and name not in shape.states:
            message = f'{kind} keeps no "{name}"; it keeps {" and ".join(shape.states)}'
            found.append(((*place, "name"), False, message))
        if layers and number > len(layers):
            message = f"there is no layer {number}; the last is {len(layers)}"
            found.append(((*place, "layer_number"), False, message))
        elif (name, number) in seen:
            found.append((place, False, f"{name} of layer {number} is given twice"))
        elif layers:
            _check_shape(layers[number - 1], entry, place, found)
        if name in shape.squares:
            _check_squares(entry, place, found)
        seen.add((name, number))


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
    layer: Mapping[str, Any], entry: Mapping[str, Any], place: Place, found: Findings
) -> None:
    """The values kept of a layer have the shape of its parameters."""
    weights, own = layer.get("weights"), entry.get("weights")
    if weights and own and (len(weights), len(weights[0])) != (len(own), len(own[0])):
        message = f"{len(own)} × {len(own[0])} numbers, but the layer has "
        message += f"{len(weights)} × {len(weights[0])} weights"
        found.append(((*place, "weights"), False, message))
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
    rows = [*(entry.get("weights") or ()), entry.get("biases") or ()]
    rows.append(entry.get("slopes") or ())
    if any(value < 0 for row in rows for value in row):
        message = f"{entry['name']} is made of squares; none of its values can be negative"
        found.append((place, False, message))


def optimizer(given: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> Optimizer:
    """What the checked keys of [optimizer] come to, all of them given, and those of [[state]]."""
    state: dict[str, Fraction] = {}
    for entry in entries:
        i = entry["layer_number"]
        for j, row in enumerate(entry["weights"], start=1):
            for k, value in enumerate(row, start=1):
                state[ids.state(entry["name"], ids.weight(i, j, k))] = value
        for j, value in enumerate(entry.get("biases") or (), start=1):
            state[ids.state(entry["name"], ids.bias(i, j))] = value
        for j, value in enumerate(entry.get("slopes") or (), start=1):
            state[ids.state(entry["name"], ids.slope(i, j))] = value
    kind = given["kind"]
    return Optimizer(
        kind=kind,
        constants={name: given[name] for name in schema.OPTIMIZERS[kind].constants},
        epsilon_in_root=given["epsilon_in_root"],
        bias_correction=given["bias_correction"],
        t=given["t"],
        state=state,
    )

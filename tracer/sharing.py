"""Parameters that are one quantity in several places of a network.

The first of a group stands for all: it is the one that is in the trace, on the page and in every
id. Works on what :mod:`tracer.validation` returned, where some of it may be None or missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from tracer import ids
from tracer.errors import did_you_mean, printable
from tracer.parameters import by_id, frozen_in, offsets
from tracer.toml_scan import Place
from tracer.validation import Findings

_Layer = Mapping[str, Any]
_KINDS = {"w": "a weight", "b": "a bias", "a": "a slope", "t": "a threshold"}


def shared_in(groups: Sequence[Sequence[str]] | None) -> dict[str, str]:
    """Each further parameter of a group with the first, which stands for it."""
    return {name: first for first, *rest in groups or () for name in rest}


def check_shared(given: Mapping[str, Any], layers: Sequence[_Layer], found: Findings) -> None:
    """Add to ``found`` what is shared without being there, or without being the same."""
    if not given.get("shared") or not all(layer.get("weights") for layer in layers):
        return
    values = _values(layers)
    fixed = frozenset().union(*(frozen_in(i, layer) for i, layer in enumerate(layers, 1)))
    seen: set[str] = set()
    for number, group in enumerate(given["shared"]):
        place: Place = ("shared", number)
        if len(group) < 2:
            found.append((place, False, "a group has at least two parameters, which are the same"))
        for position, name in enumerate(group):
            message = _wrong(name, group[0], values, fixed, seen, layers)
            if message:
                found.append(((*place, position), False, message))
            seen.add(name)
    _check_state(given, shared_in(given["shared"]), found)


def _wrong(
    name: str,
    first: str,
    values: Mapping[str, Fraction],
    fixed: frozenset[str],
    seen: set[str],
    layers: Sequence[_Layer],
) -> str:
    """What is wrong with a member of a group that begins with ``first``, or ""."""
    if name not in values:
        hint = did_you_mean(name, list(values)[:5_000])
        return f'there is no parameter "{printable(name, 40)}"{hint or "; ids look like w1[1,2]"}'
    if name in seen:
        return f"{name} is named twice; a parameter is in one group, once"
    if first not in values or name == first:
        return ""
    one, other = (_kind(layers, parameter) for parameter in (first, name))
    if one != other:
        return f"{name} is {_KINDS[other]}, {first} is {_KINDS[one]}; only one kind is shared"
    if values[name] != values[first]:
        return f"{name} is {values[name]}, but {first} is {values[first]}; they must be the same"
    if (name in fixed) != (first in fixed):
        one, other = (name, first) if name in fixed else (first, name)
        return f"{one} is frozen and {other} is not; what is shared is frozen in every place"
    return ""


def _kind(layers: Sequence[_Layer], parameter: str) -> str:
    layer = layers[ids.layer_of(parameter) - 1]
    is_threshold = parameter[0] == "b" and offsets(layer)[0] == "thresholds"
    return "t" if is_threshold else parameter[0]


def _values(layers: Sequence[_Layer]) -> dict[str, Fraction]:
    """Every parameter's given value."""
    found: dict[str, Fraction] = {}
    for i, layer in enumerate(layers, start=1):
        found |= by_id(i, layer["weights"], offsets(layer)[1], layer.get("slopes"))
    return found


def _check_state(given: Mapping[str, Any], shared: Mapping[str, str], found: Findings) -> None:
    """What an optimiser has kept of a parameter is the same in every place."""
    state: dict[str, Fraction] = {}
    rows: dict[str, Place] = {}
    for number, entry in enumerate(given.get("state") or ()):
        if not entry or not entry.get("layer_number") or not entry.get("name"):
            continue
        values = (entry.get(key) for key in ("weights", "biases", "slopes"))
        own = by_id(entry["layer_number"], *(value or () for value in values))
        state |= {ids.state(entry["name"], name): value for name, value in own.items()}
        rows |= {ids.state(entry["name"], name): ("state", number) for name in own}
    for full, value in state.items():
        variable, _, name = full.partition(".")
        first = shared.get(name)
        if first is not None and state.get(ids.state(variable, first), 0) != value:
            message = f"{variable} of {name} and of {first} differ, which are one parameter"
            found.append((rows[full], False, message))

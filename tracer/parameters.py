"""The parameters of a layer by id, and which of them are kept fixed.

Works on what :mod:`tracer.validation` returned, where some of it may be None or missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from tracer import ids
from tracer.literals import shown
from tracer.validation import Findings

_Layer = Mapping[str, Any]
# words for all parameters of one kind, with what their ids begin with
_GROUPS = {"weights": "w", "biases": "b", "thresholds": "b", "slopes": "a"}


def offsets(layer: _Layer) -> tuple[str, Any]:
    """The key and the value of what is added to or subtracted from a layer's weighted sums."""
    key = "thresholds" if layer.get("thresholds") else "biases"
    return key, layer.get(key)


def by_id(
    i: int,
    weights: Sequence[Sequence[Fraction]],
    biases: Sequence[Fraction] | None,
    slopes: Sequence[Fraction] | None,
) -> dict[str, Fraction]:
    """The values of layer ``i`` by the ids of its parameters, or what is kept of these."""
    found: dict[str, Fraction] = {}
    for j, row in enumerate(weights, start=1):
        found |= {ids.weight(i, j, k): value for k, value in enumerate(row, start=1)}
    found |= {ids.bias(i, j): value for j, value in enumerate(biases or (), start=1)}
    found |= {ids.slope(i, j): value for j, value in enumerate(slopes or (), start=1)}
    return found


def frozen_in(number: int, layer: _Layer) -> frozenset[str]:
    """The ids of the parameters of layer ``number`` that are kept fixed."""
    return frozenset().union(*_meant(number, layer).values())


def check_frozen(layers: Sequence[_Layer], found: Findings) -> None:
    """Add to ``found`` what is to be fixed without being there, and that nothing is left to learn.

    Layers without readable weights are passed over.
    """
    learns = False
    for number, layer in enumerate(layers, start=1):
        if not layer.get("weights"):
            learns = True  # as far as can be told
            continue
        meant = _meant(number, layer)
        for position, word in enumerate(layer.get("frozen") or ()):
            if not meant[word]:
                message = f"layer {number} has no {word if word in _GROUPS else shown(word)}"
                found.append((("layers", number - 1, "frozen", position), False, message))
        learns = learns or not frozen_in(number, layer).issuperset(_own(number, layer))
    if layers and not learns:
        message = "every weight and bias is frozen, so nothing is left to learn; leave one out"
        found.append((("layers", len(layers) - 1, "frozen"), False, message))


def _own(number: int, layer: _Layer) -> dict[str, None]:
    """The ids of a layer's parameters, in order."""
    weights = layer["weights"]
    biased, sloped = bool(offsets(layer)[1]), bool(layer.get("slopes"))
    names = ids.of_layer(number, len(weights), len(weights[0]), biased, sloped)
    return dict.fromkeys(names)


def _meant(number: int, layer: _Layer) -> dict[str, list[str]]:
    """For each word of ``frozen`` the ids that it stands for: all weights or biases, or one."""
    own = _own(number, layer)
    found: dict[str, list[str]] = {}
    for word in dict.fromkeys(layer.get("frozen") or ()):
        if word in _GROUPS:
            there = word in ("weights", "slopes", offsets(layer)[0])
            found[word] = [name for name in own if there and name[0] == _GROUPS[word]]
        else:
            single = f"{word[0]}{number}{word[1:]}"
            found[word] = [single] if single in own else []
    return found

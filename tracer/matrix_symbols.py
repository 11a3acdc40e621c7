"""The symbols of matrices: those of their entries, without the neurons' indices."""

from __future__ import annotations

from tracer import ids
from tracer.errors import NotSupported
from tracer.glyph import Glyph, Pattern
from tracer.symbols import Symbols

KINDS = ("w", "b", "p", "l", "t", "delta")


def matrix_glyph(symbols: Symbols, kind: str, layer: int, several: bool) -> Glyph | None:
    """``W^1``: the weights of a layer, its biases, pre-activations, outputs, or the targets.

    A matrix has a capital, so also what has a column for each of ``several`` samples. ``delta``,
    the derivatives by the pre-activations, has None where the notation has no symbol for it.
    """
    pattern, is_of_layer = _pattern(symbols, kind, layer)
    if pattern is None:
        return None
    sub, sup = _kept(pattern.sub), _kept(pattern.sup)
    if is_of_layer and "{i}" not in (*sub, *sup):
        sup = (*sup, "{i}")
    base = pattern.base
    if (kind == "w" or (several and kind in "plt")) and len(base) == 1 and base.isascii():
        base = base.upper()
    return Pattern(base, sub, sup).filled({"i": str(symbols.layer(layer))})


def _pattern(symbols: Symbols, kind: str, layer: int) -> tuple[Pattern | None, bool]:
    """The pattern of the entries, and whether it is one for every layer."""
    notation = symbols.notation
    if kind == "l" and layer == 0 and notation.input is not None:
        return notation.input, False
    if kind == "l" and layer == len(symbols.sizes) - 1 and notation.prediction is not None:
        return notation.prediction, False
    if kind == "t":
        return notation.target, False
    bias = notation.threshold if layer in symbols.thresholds else notation.bias
    patterns = {
        "w": notation.weight,
        "b": bias,
        "p": notation.pre,
        "l": notation.output,
        "delta": notation.delta,
    }
    return patterns[kind], True


def _kept(parts: tuple[str, ...]) -> tuple[str, ...]:
    """What is left of a script without the indices of neurons and the commas between them."""
    return tuple(part for part in parts if part != "," and (part == "{i}" or part[0] != "{"))


def check_matrix_symbols(symbols: Symbols, several: bool) -> None:
    """Raise NotSupported where the notation would have one symbol for two matrices."""
    seen: dict[Glyph, str] = {
        symbols.glyph(ids.LEARNING_RATE): "the learning rate",
        symbols.glyph(ids.PENALTY): "the penalty",
        symbols.data: "the data",
        symbols.batch: "a batch",
    }
    if symbols.loss is None:
        seen[symbols.glyph(ids.LOSS)] = "the loss"
    words = {"w": "the weights", "b": "the biases", "p": "the pre-activations"}
    words |= {"l": "the outputs", "t": "the targets", "delta": "the deltas"}
    for layer in range(len(symbols.sizes)):
        for kind in KINDS:
            if (layer == 0 and kind != "l") or (kind == "t" and layer != len(symbols.sizes) - 1):
                continue
            name = words[kind] if kind == "t" else f"{words[kind]} of layer {layer}"
            glyph = matrix_glyph(symbols, kind, layer, several)
            if glyph in seen:
                raise NotSupported(
                    f"view matrix: in this notation {glyph} would stand for {seen[glyph]} and for "
                    f"{name}; use another notation"
                )
            if glyph is not None:
                seen[glyph] = name

"""What a page says of activations that are a formula of the user's own."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.blocks import Block, Display, Inline, Paragraph
from tracer.derivation.own import own_activation, own_activation_slope
from tracer.formula import Apply, Equation, Formula, Letter, Part, whole
from tracer.glyph import Glyph
from tracer.outline.words import listed
from tracer.own_functions import PRE, names_of, printed_slope
from tracer.solved import Solved

# a function of cases in a derivative, and its value where there is none
_AT_ZERO = {
    "sign": (Apply("sign", whole(0)), 0),
    "relu'": (Apply("relu", whole(0), prime=True), 0),
    "step": (Apply("step", whole(0)), 1),
}


def own_definition(s: Solved, layer: int) -> Equation:
    """``φ(p) = p / (1 + |p|)``: the formula as its author wrote it."""
    formula = s.problem.layers[layer - 1].formula
    assert formula is not None
    return Equation(s.activation(layer, _pre(s)), (Part("=", own_activation(formula, _pre(s))),))


def own_slope(s: Solved, layer: int) -> Equation:
    """``φ'(p) = 1 / (1 + |p|)^2``: its derivative."""
    formula = s.problem.layers[layer - 1].formula
    assert formula is not None
    slope = own_activation_slope(formula, _pre(s))
    return Equation(s.activation(layer, _pre(s), prime=True), (Part("=", slope),))


def own_layers(s: Solved, first: int = 1) -> list[int]:
    """A layer for each formula, of those from ``first`` on."""
    found: dict[object, int] = {}
    for number, layer in enumerate(s.problem.layers, start=1):
        if layer.formula is not None and number >= first:
            found.setdefault(layer.formula, number)
    return list(found.values())


def own_slopes(s: Solved) -> Iterator[Block]:
    """The derivative of each formula, and what is used where there is none."""
    layers = own_layers(s, s.first)
    if not layers:
        return
    one = "derivative of the activation" if len(layers) == 1 else "derivatives of the activations"
    yield Paragraph((f"The {one}:",))
    yield Display(tuple(own_slope(s, layer) for layer in layers))
    names: set[str] = set()
    for layer in layers:
        formula = s.problem.layers[layer - 1].formula
        assert formula is not None
        names |= names_of(printed_slope(formula, PRE))
    kinks: list[Inline] = [
        Equation(call, (Part("=", whole(value)),))
        for name, (call, value) in _AT_ZERO.items()
        if name in names
    ]
    if kinks:
        verb = "is" if len(kinks) == 1 else "are"
        words = f" {verb} used, where there is no derivative."
        yield Paragraph(("At 0, ", *listed(kinks), words), remark=True)


def _pre(s: Solved) -> Formula:
    """The pre-activation of any neuron."""
    return Letter(Glyph(s.symbols.notation.pre.base))

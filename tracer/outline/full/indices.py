"""The order of indices drawn once, and what each symbol means."""

from __future__ import annotations

from collections.abc import Iterator

from tracer import ids
from tracer.blocks import Block, Cell, Flow, Heading, Paragraph, Table, Text
from tracer.derivation.backward import delta
from tracer.formula import Arrow, Equation, Letter, Partial, Updated, Var
from tracer.outline.model import STRENGTH
from tracer.outline.words import target_symbol
from tracer.solved import Solved


def indices(s: Solved) -> Iterator[Block]:
    """One weight with its arrow, then every kind of symbol with its meaning."""
    yield Heading("Symbols")
    k = min(2, s.problem.sizes[0])
    name, source = ids.weight(1, 1, k), Var(ids.output(0, k))
    yield Flow(((Equation(Arrow(source, Var(name), Var(ids.pre(1, 1)))),),))
    glyph = s.symbols.glyph(name)
    layer = s.symbols.layer(1)
    power = f" The raised {layer} counts the layer; it is no power." if glyph.sup else ""
    words = f" is the weight to neuron 1, from input {k}, in layer {layer}.{power}"
    yield Paragraph((Var(name), words))
    yield Table((("symbol",), ("meaning",)), tuple(_rows(s)), 1)


def _rows(s: Solved) -> Iterator[tuple[Cell, ...]]:
    pre, out = Var(ids.pre(1, 1)), Var(ids.output(1, 1))
    loss, weight = Var(ids.LOSS), ids.weight(1, 1, 1)
    yield Var(ids.output(0, 1)), ("input 1 of a sample",)
    yield pre, _of_first(s, "pre-activation: weighted inputs and ", s.has_bias(1))
    yield out, ("output of that neuron, its activation of ", pre)
    yield target_symbol(s, 1), ("target: what should come out for a sample",)
    yield loss, ("the loss, which is to become small",)
    if s.problem.loss.penalty is not None:
        yield Var(ids.PENALTY), ("the penalty, which is added to the loss over the data",)
        yield STRENGTH, ("how much the penalty counts",)
    yield Letter(s.symbols.data), ("the data: all samples",)
    if s.problem.forward_only is None:
        yield Partial(ids.LOSS, weight), ("derivative by ", Var(weight), ", all else held fixed")
        own = delta(s, 1, 1)
        if isinstance(own, Var):
            meaning = Equation(Partial(ids.LOSS, ids.pre(1, 1)))
            yield own, ("delta of that neuron: short for ", meaning)
    if s.problem.steps:
        yield Var(ids.LEARNING_RATE), ("learning rate: how far a step goes",)
        if s.symbols.notation.updated is not None:
            yield Updated(weight), ("new value of ", Var(weight), " after a step")


def _of_first(s: Solved, start: str, biased: bool) -> Text:
    name = "threshold" if 1 in s.symbols.thresholds else "bias"
    if not biased:
        return (f"{start.removesuffix(' and ')}, of neuron 1 in layer {s.symbols.layer(1)}",)
    return (f"{start}{name}, of neuron 1 in layer {s.symbols.layer(1)}",)

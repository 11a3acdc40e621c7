"""Remarks on kinks: where a value is exactly 0 there is no derivative, and one is chosen."""

from __future__ import annotations

from collections.abc import Iterator

from flint import fmpq
from sympy import Piecewise

from tracer import ids
from tracer.activations import row_of
from tracer.blocks import Inline, Text
from tracer.formula import At, Num, Var
from tracer.graph import activation_template, derivative
from tracer.outline.words import MOST_LISTED, listed, neurons
from tracer.rounding import exact
from tracer.solved import Solved


def penalty_kink(s: Solved, step: int) -> Iterator[Text]:
    """A weight of 0 under the L1 penalty, whose absolute value has no derivative there."""
    penalty = s.problem.loss.penalty
    if penalty is None or penalty.kind != "l1":
        return
    learning = set(s.trace.graph.parameters)
    names = [name for name in s.trace.index[ids.PENALTY].uses if name in learning]
    zero = [name for name in names if s.number(name, step).value == 0]
    if zero:
        verb = "is" if len(zero) == 1 else "are"
        yield (
            *listed([Var(name) for name in zero]),
            f" {verb} 0, where the penalty has no derivative: 0 is used.",
        )


def on_kink(s: Solved, step: int) -> Iterator[Text]:
    """A pre-activation of exactly 0 where its activation has a kink, and what is used there."""
    for layer in range(s.last, s.first - 1, -1):
        if not _has_kink(s, layer):
            continue
        found: dict[fmpq, list[Inline]] = {}
        for j in neurons(s, layer):
            for n in s.batch(step):
                pre = ids.at(ids.pre(layer, j), n)
                if s.values[s.trace.at_step(pre, step)].exact == 0:
                    local = ids.partial(ids.output(layer, j), ids.pre(layer, j), n)
                    units = found.setdefault(s.number(local, step).value, [])
                    units.append(
                        Var(ids.pre(layer, j))
                        if len(s.samples) == 1
                        else At(Var(ids.pre(layer, j)), n, 0)
                    )
        for used, units in found.items():
            verb = "is" if len(units) == 1 else "are"
            name = row_of(s.problem.layers[layer - 1].activation).text
            more = len(units) - MOST_LISTED
            yield (
                *listed(units[:MOST_LISTED]),
                *([f" (and {more} more)"] if more > 0 else []),
                f" {verb} exactly 0, at the kink of {name}: the derivative there is taken to be ",
                Num(exact(used)),
                ".",
            )


def _has_kink(s: Solved, layer: int) -> bool:
    """Whether the two sides of 0 have different derivatives there."""
    own = s.problem.layers[layer - 1]
    if s.problem.is_coupled(layer) or own.formula is not None or own.slopes is not None:
        return False
    template = activation_template(own)
    cases = derivative(template, 0).expr.args
    (x,) = template.symbols
    is_cases = isinstance(derivative(template, 0).expr, Piecewise)
    return is_cases and len({value.subs(x, 0) for value, _ in cases}) > 1

"""The factors of a gradient: what each is, its number at a sample, and the reason for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tracer import ids
from tracer.activations import row_of
from tracer.blocks import Block, Cell, Table, Text
from tracer.derivation.backward import (
    delta_name,
    loss_slope,
    output_factors,
    output_sum,
    slope_symbols,
)
from tracer.derivation.forward import penalty_slope
from tracer.derivation.local import parameter_slope
from tracer.derivation.sharing import local_symbols, places
from tracer.formula import Formula, Partial, Var, product, whole
from tracer.outline.words import in_words
from tracer.solved import Solved


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor: its ``name``, what it ``is``, why, and the id of its value at each sample.

    Where it is not sampled its value is the same at every sample, and the ``id`` without any.
    """

    name: Formula
    meaning: Formula
    reason: Text
    id: str
    is_sampled: bool = True

    def at(self, n: int) -> str:
        """The id of its value at a sample."""
        return ids.at(self.id, n) if self.is_sampled else self.id


def factors(s: Solved, parameter: str, step: int) -> list[Factor]:
    """The factors whose product each sample adds to a gradient, in the view of its layer."""
    found = ids.parse(parameter)
    assert found is not None
    layer, j = found.of.layer, found.of.j
    local = _local(s, found.of)
    if s.by_deltas(layer) or (layer == s.last and s.problem.loss.shortcut):
        return [_delta(s, layer, j), local]
    if layer == s.last:
        return [*delta_factors(s, layer, j, step), local]
    above = range(1, s.problem.sizes[layer + 1] + 1)
    if len(above) == 1:
        weight = ids.weight(layer + 1, 1, j)
        start = [_delta(s, layer + 1, 1), _through(s, weight)]
    else:
        start = [_sum_above(s, layer, j)]
    return [*start, _slope(s, layer, j, step), local]


def explained(s: Solved, parameter: str, step: int) -> list[Factor]:
    """All that the reasons of a gradient are about: its factors in each place, and the penalty."""
    found = ids.parse(parameter)
    assert found is not None
    if len(s.problem.places(parameter)) > 1:
        pairs = (_in_place(s, parameter, *place) for place in places(s, parameter).items())
        rows = [factor for pair in pairs for factor in pair]
    elif found.of.kind == "a":
        rows = _in_place(s, parameter, ids.output(found.of.layer, found.of.j), [found.of])
    else:
        rows = factors(s, parameter, step)
    penalty = penalty_slope(s, parameter, Var(parameter))
    if penalty is not None:
        words = (Var(ids.PENALTY), " is added to ", Var(ids.LOSS), ": so is this")
        own = ids.partial(ids.PENALTY, parameter)
        name = Partial(ids.PENALTY, parameter)
        rows.append(Factor(name, penalty, words, own, is_sampled=False))
    return rows


def _in_place(s: Solved, parameter: str, reader: str, own: list[ids.Name]) -> list[Factor]:
    """The factors of what one reader adds to a gradient, which it reads in the places ``own``."""
    layer, j = own[0].layer, own[0].j
    above = _by_output(s, layer, j) if own[0].kind == "a" else _delta(s, layer, j)
    slope = local_symbols(s, own)
    words = _why_beside(s, reader, parameter, own[0], slope)
    if len(own) > 1:
        words = (Var(reader), " reads ", Var(parameter), f" in {in_words(len(own), 'place')}")
    name = Partial(reader, parameter)
    return [above, Factor(name, slope, words, ids.partial(reader, parameter))]


def delta_factors(s: Solved, layer: int, j: int, step: int) -> list[Factor]:
    """The factors of a delta; none where a short form or a matrix stands in their place."""
    if layer == s.last and (s.problem.loss.shortcut or s.problem.is_coupled(layer)):
        name = Partial(ids.LOSS, ids.pre(layer, j))
        reason: Text = ("loss and activation together, shortened above",)
        if not s.problem.loss.shortcut:
            reason = ("each output depends on this ", Var(ids.pre(layer, j)), ": all summed")
        meaning = product(output_factors(s, j, step))
        return [Factor(name, meaning, reason, ids.partial(ids.LOSS, ids.pre(layer, j)))]
    if s.problem.is_coupled(layer):
        return []
    return [_by_output(s, layer, j), _slope(s, layer, j, step)]


def _by_output(s: Solved, layer: int, j: int) -> Factor:
    if layer < s.last:
        return _sum_above(s, layer, j)
    out = ids.output(layer, j)
    words = "target fixed; outer derivative times the inner one"
    if s.problem.loss.kind != "squared_error":
        words = "target fixed; the derivative of the loss"
    own = ids.partial(ids.LOSS, out)
    return Factor(Partial(ids.LOSS, out), product(loss_slope(s, j)), (words,), own)


def _delta(s: Solved, layer: int, j: int) -> Factor:
    own = ids.partial(ids.LOSS, ids.pre(layer, j))
    symbol = delta_name(s, layer, j)
    name: Formula = Partial(ids.LOSS, ids.pre(layer, j)) if isinstance(symbol, Var) else symbol
    where = "worked above, cited sample by sample"
    if len(s.batch(0)) == 1:
        where = "worked above, cited"
    return Factor(name, symbol, (where,), own)


def _sum_above(s: Solved, layer: int, j: int) -> Factor:
    out = ids.output(layer, j)
    count = s.problem.sizes[layer + 1]
    words: Text = (Var(out), f" feeds {in_words(count, 'neuron')}: a sum over them")
    if count == 1:
        words = (Var(out), " feeds one neuron, by this weight")
    own = ids.partial(ids.LOSS, out)
    return Factor(Partial(ids.LOSS, out), output_sum(s, layer, j), words, own)


def _through(s: Solved, weight: str) -> Factor:
    found = ids.parse(weight)
    assert found is not None
    above, below = ids.pre(found.of.layer, found.of.j), ids.output(found.of.layer - 1, found.of.k)
    words = (Var(above), " has ", Var(below), " times ", Var(weight), ", held fixed")
    return Factor(Partial(above, below), Var(weight), words, weight, is_sampled=False)


def _slope(s: Solved, layer: int, j: int, step: int) -> Factor:
    pre, out = ids.pre(layer, j), ids.output(layer, j)
    row = row_of(s.problem.layers[layer - 1].activation)
    meaning = slope_symbols(s, layer, j)
    if row.name == "identity":
        words: Text = (Var(out), " is ", Var(pre), " itself")
    elif s.slope_is_one(layer, j, step):
        meaning, count = whole(1), len(s.samples)
        where = "" if count == 1 else f" at all {in_words(count, 'sample')}"
        words = (f"{row.text}' = 1: ", Var(pre), f" > 0{where}")
    elif row.textbook is None:
        words = (f"derivative of {row.text}, at this ", Var(pre))
    else:
        words = (f"derivative of {row.text}, from its own output",)
    return Factor(Partial(out, pre), meaning, words, ids.partial(out, pre))


def _local(s: Solved, name: ids.Name) -> Factor:
    pre = ids.pre(name.layer, name.j)
    local, slope = ids.partial(pre, str(name)), parameter_slope(s, name)
    words = _why_beside(s, pre, str(name), name, slope)
    return Factor(Partial(pre, str(name)), slope, words, local)


def _why_beside(s: Solved, reader: str, parameter: str, place: ids.Name, slope: Formula) -> Text:
    """Why a parameter's local derivative in a place is what stands beside it."""
    own = Var(parameter)
    if place.kind in "wa":
        return (Var(reader), " has ", own, " times ", slope, ", held fixed")
    if s.problem.layers[place.layer - 1].constant is not None:
        return (Var(reader), " has ", own, " times ", slope)
    is_threshold = place.layer in s.symbols.thresholds
    return (own, f" is {'subtracted' if is_threshold else 'added'} once, whatever its value")


def reason_rows(s: Solved, some: list[Factor], step: int) -> Iterator[tuple[Cell, ...]]:
    """``∂p/∂l | = w | because …``, with the number where there is one sample."""
    batch = s.batch(step)
    for factor in some:
        row: list[Cell] = [factor.name]
        row.append("" if factor.meaning == factor.name else factor.meaning)
        if len(batch) == 1:
            name = s.trace.at_step(factor.at(batch[0]), step)
            # where a stable rule is used instead, a factor may have no value
            row.append(s.num(factor.at(batch[0]), step) if name in s.values else "")
        yield (*row, factor.reason)


def delta_reasons(s: Solved, layer: int) -> Iterator[Block]:
    """Why the factors of the deltas of a layer are what they are, a table for each neuron."""
    for j in range(1, s.problem.sizes[layer] + 1):
        rows = tuple(reason_rows(s, delta_factors(s, layer, j, 0), 0))
        if rows:
            yield Table(reason_head(s, 0), rows, 1)


def reason_head(s: Solved, step: int) -> tuple[Cell, ...]:
    """The heads of these columns."""
    numbers: tuple[Cell, ...] = (("number",),) if len(s.batch(step)) == 1 else ()
    return (("factor",), ("is",), *numbers, ("because",))

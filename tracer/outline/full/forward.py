"""The forward pass as a table, and its first row in numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tracer import ids
from tracer.blocks import Block, Cell, Display, Heading, Paragraph, Table
from tracer.derivation.forward import output_symbols, pre_numbers, pre_symbols
from tracer.derivation.quantity import derivation
from tracer.formula import Equation, Part, Partial, Var
from tracer.outline.instability import remarks
from tracer.outline.words import neurons, sample_cells, sample_head, target_symbol
from tracer.schema import FORWARD_ONLY
from tracer.solved import Solved

# of wider networks the first neuron of each layer stands for all
_MOST_EXPANDED = 8


def forward(s: Solved, title: str, step: int) -> Iterator[Block]:
    """Pre-activation, output and derivative of every neuron, a row for each sample."""
    yield Heading(title)
    units = [(i, j) for i in range(1, s.last + 1) for j in neurons(s, i)]
    # later derivatives stand where a later step needs them
    sloped = [i for i in range(s.first, s.last + 1) if step == 0 and _has_slope(s, i)]
    head: list[Cell] = [*sample_head(s)]
    head += [target_symbol(s, k) for k in neurons(s, s.last)]
    for i, j in units:
        head += [Var(ids.pre(i, j)), Var(ids.output(i, j))]
        head += [Partial(ids.output(i, j), ids.pre(i, j))] * (i in sloped)
    rows = []
    for n in s.samples:
        row: list[Cell] = [*sample_cells(s, n)]
        row += [s.num(ids.at(ids.target(k), n), 0) for k in neurons(s, s.last)]
        for i, j in units:
            row += [s.num(ids.at(name, n), step) for name in (ids.pre(i, j), ids.output(i, j))]
            if i in sloped:
                row.append(s.num(ids.partial(ids.output(i, j), ids.pre(i, j), n), step))
        rows.append(tuple(row))
    yield Table(tuple(head), tuple(rows), len(sample_head(s)))
    if step == 0:
        yield from _first_row(s, units)
    yield from remarks(s, "model", step)


def _has_slope(s: Solved, layer: int) -> bool:
    """Whether the derivative of each output is a column: not softmax's, which has a matrix."""
    activation = s.problem.layers[layer - 1].activation
    return not (s.problem.is_coupled(layer) or activation in FORWARD_ONLY)


def _first_row(s: Solved, units: list[tuple[int, int]]) -> Iterator[Block]:
    few = len(units) <= _MOST_EXPANDED
    shown = units if few else [(i, j) for i, j in units if j == 1]
    rest = "" if few else ", for the first neuron of each layer"
    yield Paragraph((f"The first row in numbers{rest}:",))
    for i, j in shown:
        pre = ids.pre(i, j)
        numbers = (pre_numbers(s, i, j, 1, 0),)
        worked = s.parts(numbers, ids.at(pre, 1), 0, newline=False)
        equations = [Equation(Var(pre), (Part("=", pre_symbols(s, i, j)), *worked))]
        equations.append(_output(s, i, j))
        if i >= s.first and _has_slope(s, i):
            equations.append(_slope(s, i, j))
        yield Display(tuple(equations))


def _output(s: Solved, layer: int, j: int) -> Equation:
    """``l = f(p) = f(1.5) = 1.5``, from the pre-activation that was just worked out."""
    out = ids.at(ids.output(layer, j), 1)
    if s.problem.is_coupled(layer) or s.problem.is_sloped(layer):
        return Equation(Var(ids.output(layer, j)), derivation(s, out).parts)
    activation = s.problem.layers[layer - 1].activation
    inner = s.num(ids.at(ids.pre(layer, j), 1), 0)
    links = () if activation == "identity" else (s.activation(layer, inner),)
    parts = s.parts(links, out, 0, newline=False)
    head = Part("=", output_symbols(s, layer, j))
    return Equation(Var(ids.output(layer, j)), (head, *parts))


def _slope(s: Solved, layer: int, j: int) -> Equation:
    """``∂l/∂p = f'(p) = f'(1.5) = 1``."""
    pre, out = ids.pre(layer, j), ids.output(layer, j)
    local = ids.partial(out, pre, 1)
    if s.problem.layers[layer - 1].activation == "identity":
        return Equation(Partial(out, pre), s.parts((), local, 0, newline=False))
    parts = derivation(s, local).parts
    return Equation(Partial(out, pre), tuple(replace(part, newline=False) for part in parts))

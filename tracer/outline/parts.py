"""The loss output by output, where there are several: of one sample in lines, else in a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tracer import ids
from tracer.blocks import Block, Display, Inline, Paragraph, Table
from tracer.derivation.forward import all_parts, numeric_equation
from tracer.derivation.parts import part_equation, part_numbers, part_symbols
from tracer.formula import Equation, Part, Sum, Var
from tracer.outline.words import MOST_LISTED, neurons, sample_cells, sample_head
from tracer.solved import Solved


def parts(s: Solved, step: int) -> Iterator[Block]:
    """What each output adds: worked in full, from the second sample on as numbers."""
    if len(s.samples) == 1:
        for k in neurons(s, s.last):
            equation = part_equation(s, k, 1, step, Var(ids.part(k)))
            if step:  # its symbols are known by then
                equation = Equation(equation.left, equation.parts[1:])
            yield Display((equation,), ids.at_step(ids.at(ids.part(k), 1), step))
        return
    if step == 0:
        yield Paragraph(("Each sample's loss, output by output:",))
        shown = [k for k in neurons(s, s.last) if k <= MOST_LISTED]
        yield Display(
            tuple(Equation(Var(ids.part(k)), (Part("=", part_symbols(s, k)),)) for k in shown)
        )
    yield Table((*sample_head(s), *_head(s)), tuple(_rows(s, step)), len(sample_head(s)))


def _head(s: Solved) -> list[Inline]:
    symbols: list[Inline] = [Var(ids.part(k)) for k in neurons(s, s.last)]
    whole: Inline = all_parts(s, lambda k: Var(ids.part(k)))
    return [*symbols, whole if len(symbols) <= MOST_LISTED else "loss of the sample"]


def _rows(s: Solved, step: int) -> Iterator[tuple[Inline, ...]]:
    for n in s.samples:
        cells: list[Inline] = [*sample_cells(s, n)]
        for k in neurons(s, s.last):
            value = s.num(ids.at(ids.part(k), n), step)
            if step == 0 and n == 1 and s.problem.sizes[-1] <= MOST_LISTED:
                cells.append(numeric_equation(s, [part_numbers(s, k, n, step)], value.number))
            else:
                cells.append(value)
        yield (*cells, s.num(ids.at(ids.LOSS, n), step))


def total(s: Solved, step: int, numbers: Sequence[Part]) -> Iterator[Block]:
    """``E_{total} = E_{o1} + E_{o2} = 0.27 + 0.02 = 0.3``; of several samples the numbers alone."""
    if len(s.samples) > 1:
        yield Display((Equation(None, tuple(numbers)),))
        return
    symbols = all_parts(s, lambda k: Var(ids.part(k)))
    if s.problem.loss.penalty is not None:
        symbols = Sum((symbols, Var(ids.PENALTY)))
    first, *rest = s.parts((numbers[0].formula,), ids.LOSS, step, newline=False)
    yield Display(
        (Equation(Var(ids.LOSS), (Part("=", symbols), first, *rest)),),
        ids.at_step(ids.LOSS, step),
    )

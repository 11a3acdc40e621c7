"""The check: gradients against centred differences, and the loss recomputed."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from tracer import ids
from tracer.blocks import Block, Cell, Heading, Inline, Paragraph, Table
from tracer.differences import CLOSEST, STEPS, Difference, differences, recomputed
from tracer.domains import to_fmpq
from tracer.formula import Equation, Letter, Num, Part, Var, whole
from tracer.glyph import Glyph
from tracer.outline.full.updates import parameters
from tracer.print_steps import last_printed
from tracer.rounding import Number, exact
from tracer.solved import Worked

# of more parameters the first ones: each takes three runs of the whole forward pass
_MOST_CHECKED = 200


def check(s: Worked) -> Iterator[Block]:
    """A row for each parameter, then the loss before and after."""
    names = parameters(s)
    if not names or ids.partial(s.trace.graph.output, names[0]) not in s.trace.index:
        return
    yield Heading("Check")
    found = differences(s.problem, s.trace, s.values, names[:_MOST_CHECKED])
    yield Paragraph(tuple(_words(s, found)))
    yield _table(s, found)
    if len(names) > _MOST_CHECKED:
        yield Paragraph((f"Checked are the first {_MOST_CHECKED} of {len(names):,} parameters.",))
    yield from _kinks(found)
    if s.problem.steps:
        yield from _loss(s, names)


def _words(s: Worked, found: tuple[Difference, ...]) -> Iterator[Inline]:
    h = Letter(Glyph("h"))
    yield "Without the chain rule: the centred difference of "
    yield Var(s.trace.graph.output)
    yield " when one parameter goes up and down by "
    yield Equation(h, (Part("=", _number(STEPS[0])),))
    yield " and all others stay. Its relative error is to shrink with the square of "
    yield h
    yield "."
    if s.problem.numbers.policy == "step":
        yield " Gradients rounded by hand agree only as far as they were not rounded."


def _number(step: Fraction) -> Num:
    return Num(exact(to_fmpq(step)))


def _table(s: Worked, found: tuple[Difference, ...]) -> Table:
    narrow = any(row.step not in (STEPS[0], None) for row in found)
    head: list[Cell] = [
        "",
        ("gradient",),
        ("difference",),
        ("relative error",),
        ("agreeing digits",),
    ]
    head += [Letter(Glyph("h"))] * narrow
    rows: list[tuple[Cell, ...]] = []
    for row in found:
        is_zero = s.number(ids.partial(s.trace.graph.output, row.parameter), 0).value == 0
        gradient = s.num(ids.partial(s.trace.graph.output, row.parameter), 0)
        cells: list[Cell] = [Var(row.parameter), gradient]
        if row.step is None or row.quotient is None:
            word = ("kink",) if row.step is None else ("undecided",)
            rows.append((*cells, word, "", "", *([""] * narrow)))
            continue
        agreed: Cell = ("all",) if row.agreed is None else whole(row.agreed)
        error: Cell = ("",) if row.error is None else Num(row.error)
        if is_zero and row.agreed is not None:
            more = "" if row.error is not None else " or more"
            error, agreed = ("",), (f"{row.agreed} decimals{more}",)
        elif row.error is None:
            error = ("below ", _number(Fraction(1, 10**CLOSEST)))
            agreed = (f"{CLOSEST} or more",)
        cells += [Num(row.quotient), error, agreed]
        rows.append((*cells, *([_number(row.step)] * narrow)))
    return Table(tuple(head), tuple(rows), 1)


def _kinks(found: tuple[Difference, ...]) -> Iterator[Block]:
    """What was proven of the cases between the two ends."""
    kinked = [row for row in found if row.step is None]
    if len(kinked) < len(found):
        some = "In each other row" if kinked else "In every row"
        words = (
            f"{some} no kink lies between: for all values from one end to the other, taken as one "
            "interval, every case (the sign in a ReLU, the larger of two) is decided."
        )
        yield Paragraph((words,))
    if kinked:
        words = "Where it says kink, one lies at the value itself, or closer than "
        rest = ": there a difference says nothing of the derivative that is used."
        yield Paragraph((words, _number(STEPS[-1]), rest))


def _loss(s: Worked, names: list[str]) -> Iterator[Block]:
    """The loss before and after all steps, the latter from the new values as printed."""
    output, last = s.trace.graph.output, last_printed(s.problem.printed_steps)
    new = {name: s.number(name, last).value for name in names}
    again = recomputed(s.problem, s.trace, new)
    before, after = (s.number(output, step) for step in (0, last))
    yield Paragraph(
        (
            Var(output),
            " before: ",
            Num(before),
            f"; after{f' step {last}' if s.problem.steps > 1 else ''}: ",
            Num(after),
            *(("; recomputed from the new values as printed: ", Num(again)) if again else ()),
            f". {_on_change(s, names, before, after)}",
        )
    )


def _on_change(s: Worked, names: list[str], before: Number, after: Number) -> str:
    """What to think of the loss before and after."""
    if after.value < before.value:
        return "That it falls proves little: wrong gradients often let it fall too."
    output = s.trace.graph.output
    if all(s.values[ids.partial(output, name)].exact == 0 for name in names):
        return "All gradients are 0: there is no direction in which to step."
    if after.value == before.value:
        return "To the printed digits it does not change."
    return "That it does not fall need be no mistake: the step may be too long."

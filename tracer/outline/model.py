"""The model and the loss in numbers, before and after a step."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tracer import ids
from tracer.blocks import Block, Display, Heading, Inline, Paragraph, Table, Text
from tracer.derivation.forward import (
    loss_formula,
    loss_numbers,
    network_output,
    output_symbols,
    pre_numbers,
    pre_symbols,
    worked_output,
)
from tracer.derivation.quantity import penalty_equation
from tracer.domains import to_fmpq
from tracer.formula import Equation, Letter, Num, Part, Var
from tracer.glyph import Glyph
from tracer.outline.instability import remarks
from tracer.outline.parts import parts, total
from tracer.outline.words import (
    in_words,
    neurons,
    offsets,
    sample_cells,
    sample_head,
    target_symbol,
)
from tracer.printing import printed
from tracer.problem import Penalty
from tracer.recomputing import numeric
from tracer.rounding import exact
from tracer.solved import Solved

# up to here the first row's workings fit into the cells of the table
_MOST_TERMS_IN_CELL = 3
_MOST_NEURONS_IN_CELLS = 4
# of a penalty, as in the problem's key "lambda"
STRENGTH = Letter(Glyph("λ"))
_MEAN = re.compile(r"\b(?:MSE|mean|average)\b", re.IGNORECASE)


def model(s: Solved, title: str, step: int) -> Iterator[Block]:
    """The table of all outputs; before the first step its first row is worked in full."""
    yield Heading(title)
    if step == 0:
        yield from definition(s)
    units = _units(s)
    fits = len(units) <= _MOST_NEURONS_IN_CELLS
    in_cells = fits and max(s.problem.sizes[:-1]) <= _MOST_TERMS_IN_CELL
    in_cells = in_cells and not any(
        s.problem.is_coupled(i) or s.problem.is_sloped(i) for i, _ in units
    )
    yield outputs_table(s, step, worked=step == 0 and in_cells)
    if step == 0 and not in_cells:
        yield Paragraph(("The first row in full:",))
        yield Display(tuple(row for i, j in units for row in _worked_row(s, i, j)))
    yield from remarks(s, "model", step)


def _units(s: Solved) -> list[tuple[int, int]]:
    """Every neuron as (layer, j)."""
    return [(i, j) for i in range(1, s.last + 1) for j in neurons(s, i)]


def outputs_table(s: Solved, step: int, *, worked: bool = False) -> Table:
    """Inputs, targets and all outputs, a row for each sample; the first perhaps ``worked``."""
    head: list[Inline] = [*sample_head(s)]
    head += [target_symbol(s, k) for k in neurons(s, s.last)]
    for i, j in _units(s):
        symbol = Var(ids.output(i, j))
        named = i == s.last and s.symbols.network(j) is not None
        head.append(Equation(symbol, (Part("=", network_output(s, j)),)) if named else symbol)
    rows: list[tuple[Inline, ...]] = []
    for n in s.samples:
        row: list[Inline] = [*sample_cells(s, n)]
        row += [s.num(ids.at(ids.target(k), n), 0) for k in neurons(s, s.last)]
        for i, j in _units(s):
            value = s.num(ids.at(ids.output(i, j), n), step)
            row.append(worked_output(s, i, j, n, step) if worked and n == 1 else value)
        rows.append(tuple(row))
    return Table(tuple(head), tuple(rows), len(sample_head(s)))


def definition(s: Solved) -> Iterator[Block]:
    """What pre-activation and output are, for the first neuron."""
    pre, out = Var(ids.pre(1, 1)), Var(ids.output(1, 1))
    is_alone = len(_units(s)) == 1
    who, ending = ("The neuron", ":") if is_alone else ("Each neuron", "; for the first:")
    yield Paragraph((f"{who} has a pre-activation ", pre, " and an output ", out, ending))
    yield Display(
        (
            Equation(pre, (Part("=", pre_symbols(s, 1, 1)),)),
            Equation(out, (Part("=", output_symbols(s, 1, 1)),)),
        )
    )


def _worked_row(s: Solved, i: int, j: int) -> Iterator[Equation]:
    """The output; before it what it needs: PReLU's pre-activation, all of softmax's."""
    before: list[int] = [j] if s.problem.is_sloped(i) else []
    if s.problem.is_coupled(i) and j == 1:
        before = list(neurons(s, i))
    for k in before:
        name = ids.pre(i, k)
        numbers = (pre_numbers(s, i, k, 1, 0),)
        yield Equation(Var(name), s.parts(numbers, ids.at(name, 1), 0, newline=False))
    worked = worked_output(s, i, j, 1, 0)
    assert worked.left is not None
    links = (worked.left, *(part.formula for part in worked.parts[:-1]))
    parts = s.parts(links, ids.at(ids.output(i, j), 1), 0, newline=False)
    yield Equation(Var(ids.output(i, j)), parts)


def loss(s: Solved, title: str, step: int) -> Iterator[Block]:
    """The loss as a formula, then with its numbers."""
    yield Heading(title)
    first, *rest = numeric(
        (loss_numbers(s, step),), s.number(ids.LOSS, step), s.functions, after_symbols=False
    )
    boxed = s.shows("givens")  # where the formula stands already
    if not boxed:
        yield Display((loss_formula(s),))
    if s.problem.loss.penalty is not None:
        if not boxed:
            yield Paragraph(penalty_words(s, s.problem.loss.penalty))
        yield Display(
            (penalty_equation(s, step, Var(ids.PENALTY)),), ids.at_step(ids.PENALTY, step)
        )
    if s.problem.has_parts:
        yield from parts(s, step)
        yield from total(s, step, (first, *rest))
    elif boxed:
        links = (loss_numbers(s, step),)
        worked = s.parts(links, ids.LOSS, step, newline=False)
        yield Display((Equation(Var(ids.LOSS), worked),))
    else:
        yield Display((Equation(None, (first, *rest)),))
    yield from remarks(s, "loss", step)
    if step == 0 and not s.shows("loss"):
        yield from _mean_remark(s)


def penalty_words(s: Solved, penalty: Penalty) -> Text:
    """What the penalty is, in words."""
    others = offsets(s, range(1, s.last + 1)) or "biases"
    sizes = "squares" if penalty.kind == "l2" else "absolute values"
    over = f"weights and {others}" if penalty.biases else f"weights, without the {others}"
    strength = Num(exact(to_fmpq(penalty.strength)))
    written = penalty.factor.replace("2m", "(2m)")
    factor = "" if penalty.factor == "1" else f" and the factor {written}"
    samples = f"; m is {len(s.problem.data)}" if penalty.factor.endswith("m") else ""
    if samples and s.is_batched:
        samples += ", the number of all samples, in the loss over a batch too"
    return (
        Var(ids.PENALTY),
        f" is the penalty on the {sizes} of all {over}, with ",
        Equation(STRENGTH, (Part("=", strength),)),
        f"{factor}{samples}:",
    )


def _mean_remark(s: Solved) -> Iterator[Block]:
    """Said where a loss is called a mean and is a sum: its gradients are larger than expected."""
    count = len(s.problem.data)
    is_mean = s.problem.loss.samples == "mean"
    if count == 1 or is_mean or not _MEAN.search(s.symbols.loss_word):
        return
    value = s.values[ids.LOSS].exact
    mean: Text = ()
    if value is not None:
        shown = printed(value / count, s.problem.numbers, s.precision(ids.LOSS))
        mean = (" (here ", Num(shown), ")")
    yield Paragraph(
        (
            "What is called ",
            Var(ids.LOSS),
            f" here is the sum over the {in_words(count, 'sample')}, not "
            "divided by their number. The mean",
            *mean,
            f" would have gradients {in_words(count, 'time')} smaller.",
        ),
        remark=True,
    )

"""The gradient by one parameter as a segment: its paths, the chain rule, reasons, the sum."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from flint import fmpq

from tracer import ids
from tracer.blocks import Block, Cell, Display, Inline, Paragraph, Subheading, Table
from tracer.chain import Path, paths
from tracer.derivation.forward import penalty_slope, rational, sample_share
from tracer.derivation.gradients import gradient
from tracer.formula import Equation, Partial, Var
from tracer.outline.full.factors import Factor, explained, factors, reason_head, reason_rows
from tracer.outline.full.products import Worked, words_of_table
from tracer.outline.words import in_words, sample_cells, sample_head
from tracer.solved import Solved
from tracer.workings import term

# more are counted, not drawn
MOST_DRAWN = 6


def segment(s: Solved, parameter: str) -> Iterator[Block]:
    """The gradient by a parameter at the first step."""
    own = ids.partial(ids.LOSS, parameter)
    equation = gradient(s, parameter, 0)
    # what stands in several places, and a slope, has a sum of its own, which its line shows
    is_factored = parameter[0] in "wb" and len(s.problem.places(parameter)) == 1
    tabled = is_factored and s.shows("samples") and len(s.batch(0)) > 1
    if not (s.shows("paths") or s.shows("reasons") or tabled):
        yield Display((equation,), own)
        return
    yield Subheading(("Gradient by ", Var(parameter)))
    if s.shows("paths"):
        yield from _paths(s, parameter)
    if tabled:
        head = equation.parts[:2]
        equation = Equation(equation.left, (*head, *s.parts((), own, 0, newline=False)))
    yield Display((equation,), own)
    if s.shows("reasons"):
        yield Table(reason_head(s, 0), tuple(reason_rows(s, explained(s, parameter, 0), 0)), 1)
    if tabled:
        yield _samples(s, parameter, factors(s, parameter, 0))


def two_sums(s: Solved) -> Iterator[Block]:
    """Which sums there are, told apart."""
    counts = s.path_counts
    most = max(counts[name] for name in s.trace.graph.parameters)
    words: list[Inline] = []
    if len(s.batch(0)) > 1:
        words.append("A sum over the data adds what each sample gives. ")
    if most == 1:
        words.append("From each parameter one path leads to ")
        through = "" if s.problem.loss.penalty is None else " through the network"
        words += [Var(ids.LOSS), f"{through}, so there is no sum over paths."]
    else:
        words.append("A sum over paths adds what each way from a parameter to ")
        words += [Var(ids.LOSS), " gives, within one sample."]
    if s.problem.loss.penalty is not None:
        words += [" The penalty ", Var(ids.PENALTY), " adds a derivative of its own."]
    yield Paragraph(tuple(words), remark=True)


def _paths(s: Solved, parameter: str) -> Iterator[Block]:
    count = s.path_counts[parameter]
    found = list(islice(paths(s.trace.readers, parameter), MOST_DRAWN))
    yield Paragraph((*drawn(found, count, parameter, ids.LOSS), *_beyond(s, parameter, count)))


def _beyond(s: Solved, parameter: str, count: int) -> Iterator[Inline]:
    """What has summed the paths already, and what is added to them."""
    reader = found[0] if len(found := s.trace.readers[parameter]) == 1 else ""
    if count > 1 and reader and s.is_by_deltas(parameter):
        yield " "
        yield Partial(ids.LOSS, reader)
        yield " has summed them already."
    if penalty_slope(s, parameter, Var(parameter)) is not None:
        yield " Beside the data's, the penalty adds "
        yield Partial(ids.PENALTY, parameter)
        yield "."


def drawn(found: list[Path], count: int, name: str, output: str) -> tuple[Inline, ...]:
    """The ways from a quantity to the output as chains of arrows if there are few, counted."""
    if count > MOST_DRAWN:
        start = f"Paths: {count:,} lead from "
        ending: tuple[Inline, ...] = ("; the first is ", *_chain(found[0]), ".")
        return (start, Var(name), " to ", Var(output), *ending)
    if count == 1:
        return ("Path: ", *_chain(found[0]), ", the only one.")
    words: list[Inline] = [f"Paths: {in_words(count, 'way')}, added up: "]
    for position, path in enumerate(found):
        words += ["; " if position else "", *_chain(path)]
    return (*words, ".")


def _chain(path: Path) -> Iterator[Inline]:
    """``w → p → l → E``, from the parameter on."""
    yield Var(path.factors[-1].wrt)
    for factor in reversed(path.factors):
        yield " → "
        yield Var(factor.of)


def _samples(s: Solved, parameter: str, some: list[Factor]) -> Table:
    """A row for each sample, a column for each factor, their product, and the sum."""
    own = ids.partial(ids.LOSS, parameter)
    batch, keys = s.batch(0), len(sample_head(s))
    share = sample_share(s, batch)
    rows: list[tuple[Cell, ...]] = []
    products: list[Worked] = []
    for position, n in enumerate(batch):
        numbers = [s.num(factor.at(n), 0) for factor in some]
        product = s.working(term(own, position), 0)
        rows.append((*sample_cells(s, n), *numbers, product))
        products.append((tuple(numbers), product))
    blank: list[Cell] = [""] * (keys + len(some) - 1)
    penalty = ids.partial(ids.PENALTY, parameter)
    if penalty in s.trace.index:
        rows.append((("penalty",), *blank, s.num(penalty, 0)))
    added = s.number(penalty, 0).value if penalty in s.trace.index else fmpq(0)
    word, of_sum = words_of_table(products, s.num(own, 0), share, added)
    rows.append(((of_sum,), *blank, s.num(own, 0)))
    last: Cell = (word,) if share == 1 else (rational(share), f" · {word}")
    head: list[Cell] = [*sample_head(s), *(_head(factor) for factor in some), last]
    return Table(tuple(head), tuple(rows), keys, total=True)


def _head(factor: Factor) -> Cell:
    is_named = isinstance(factor.meaning, Var) or not isinstance(factor.name, Partial)
    return factor.meaning if is_named else factor.name

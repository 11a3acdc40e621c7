"""The question page of a sheet: what is given, what is to be computed, and blanks for it.

Nothing that has to be computed is evaluated for it, so no answer can stand on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tracer import ids
from tracer.blocks import (
    Block,
    Flow,
    Heading,
    Inline,
    Page,
    Paragraph,
    Subheading,
    Table,
)
from tracer.derivation.quantity import addressed
from tracer.errors import Fault, InputError
from tracer.formula import Equation, Formula, Letter, Part
from tracer.glyph import Glyph
from tracer.graph_problem import GraphProblem
from tracer.outline import graph
from tracer.outline.full.givens import given_with_loss, training
from tracer.outline.gradients import batch_words
from tracer.outline.logarithms import with_note
from tracer.outline.numbers import digits_in_words
from tracer.outline.page import needed
from tracer.outline.question import task
from tracer.outline.words import sample_cells, sample_head
from tracer.page_symbols import with_symbols
from tracer.printing import Value
from tracer.problem import AnyProblem
from tracer.sheets.groups import Group, groups
from tracer.solved import Solved, Worked
from tracer.solved_graph import SolvedGraph
from tracer.trace import Trace, build
from tracer.values import evaluate

# room for a number written by hand
BLANK = Letter(Glyph("………"))


def unsolved(problem: AnyProblem) -> Worked:
    """The problem with the values of what is given, and of nothing else.

    Raises InputError where nothing is given to compute with.
    """
    if isinstance(problem, GraphProblem):
        trace = build(problem)
        return SolvedGraph(problem, trace, _given(problem, trace))
    if not problem.has_data:
        message = "the problem has no data, so there is nothing to compute on a sheet"
        raise InputError(Fault("the problem", message))
    problem = with_symbols(problem)
    trace = build(problem)
    view = "matrix" if problem.page.view == "matrix" else "auto"
    return Solved(problem, trace, _given(problem, trace), view)


def _given(problem: AnyProblem, trace: Trace) -> dict[str, Value]:
    names = [name for name in needed(problem, trace, ()) if not trace.rule(name).terms]
    return evaluate(trace, problem, names)


def sheet_page(s: Worked, asked: Sequence[str]) -> Page:
    """The question, then a blank for each of the quantities asked for."""
    return with_note(Page(s.problem.title, (*_question(s), *_answers(s, asked))))


def question_page(s: Worked) -> Page:
    """The question alone, and how to write its answers."""
    how = Paragraph((" ".join(how_to_write(s)),))
    return with_note(Page(s.problem.title, (*_question(s), how)))


def _question(s: Worked) -> Iterator[Block]:
    yield Heading("Question")
    if isinstance(s, Solved):
        yield from given_with_loss(s)
        yield from training(s)
        yield from task(s)
    else:
        assert isinstance(s, SolvedGraph)
        yield from graph.given(s)
        yield from training(s) if s.problem.steps else ()
        yield from graph.task(s)


def _answers(s: Worked, asked: Sequence[str]) -> Iterator[Block]:
    yield Heading("Answers")
    yield Paragraph((" ".join(how_to_write(s)),))
    for group in groups(s, asked):
        yield Subheading((group.title,))
        if group.kind == ids.BATCH_LOSS:
            assert isinstance(s, Solved)
            yield Paragraph(batch_words(s, group.step))
        if group.has_samples:
            yield _sample_table(s, group)
        else:
            blanks = (Equation(_symbol(s, n), (Part("=", BLANK),)) for n in group.names)
            yield Flow((tuple(blanks),))


def _symbol(s: Worked, name: str) -> Formula:
    """A quantity's symbol without a mark of its step, which the title of its group says."""
    return addressed(s, ids.split_step(name)[1])


def how_to_write(s: Worked) -> Iterator[str]:
    """What numbers are to look like, in sentences."""
    numbers = s.problem.numbers
    digits = digits_in_words(numbers, isinstance(s.problem, GraphProblem))
    point = "a comma, as in 0,5" if numbers.decimal_comma else "a point, as in 0.5"
    if numbers.policy == "exact":
        yield f"Give exact values: decimals in full, with {point}, or fractions such as 1/3."
        return
    if numbers.policy == "step":
        yield (
            f"Round every result to {digits} (ties away from zero), and go on with the rounded "
            f"value. Write decimals with {point}."
        )
        return
    yield f"Go on with unrounded values, and round to {digits} what you write."
    yield f"Write decimals with {point}, or fractions such as 1/3."


def _sample_table(s: Worked, group: Group) -> Table:
    """A row for each sample, a column for each quantity that samples have; gaps are not asked."""
    assert isinstance(s, Solved)
    columns = dict.fromkeys(ids.split_step(ids.base(name))[1] for name in group.names)
    asked = {ids.split_step(name)[1] for name in group.names}
    rows: list[tuple[Inline, ...]] = []
    for n in s.samples:
        blanks = [BLANK if ids.at(name, n) in asked else "" for name in columns]
        if any(blanks):
            rows.append((*sample_cells(s, n), *blanks))
    head = (*sample_head(s), *(addressed(s, name) for name in columns))
    return Table(head, tuple(rows), len(sample_head(s)))

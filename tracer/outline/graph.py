"""The page of a computational graph: what is given, the forward pass, the gradients back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise

from tracer import ids
from tracer.blocks import Block, Display, Flow, Heading, Inline, Page, Paragraph, Text
from tracer.derivation.steps import derivation, general, gradient, step, written
from tracer.expressions import Call, Name, Number, Statement
from tracer.formula import Equation, Formula, Letter, Part, Partial, Var
from tracer.glyph import Glyph
from tracer.indices import whole
from tracer.optimizers import OPTIMIZERS
from tracer.outline.descent import assignments, chosen, is_plain, written_rules
from tracer.outline.full import graphs as parts
from tracer.outline.full.blanks import final
from tracer.outline.full.check import check
from tracer.outline.full.givens import boxed
from tracer.outline.full.practice import MOST_TRIED, practice
from tracer.outline.full.updates import last_to_change, update_table
from tracer.outline.graph_instability import remarks
from tracer.outline.numbers import numbers_remark, unprinted
from tracer.outline.words import in_words
from tracer.print_steps import between
from tracer.solved_graph import SolvedGraph

# up to here the question shows every step as a formula; longer graphs show them once, worked
_MOST_STEPS_IN_QUESTION = 12
_MOST_NAMED = 12


def page(s: SolvedGraph) -> Page:
    """The whole solution."""
    return Page(s.problem.title, tuple(_blocks(s)))


def derivation_page(s: SolvedGraph, names: Sequence[str]) -> Page:
    """The derivations of some quantities and nothing else."""
    displays = [Display((derivation(s, name),), name) for name in names]
    bases = [ids.split_step(name)[1] for name in names]
    return Page("", (*displays, *parts.direct_words(s, bases)))


def _blocks(s: SolvedGraph) -> Iterator[Block]:
    is_brief = s.problem.page.detail == "brief"
    if s.shows("givens"):
        yield Heading("Question")
        yield from boxed(s, given(s))
        yield from task(s)
    elif s.problem.slopes or not is_brief:
        yield from _question(s)
    if s.problem.slopes:
        yield from _updates_alone(s)
        if not s.shows("givens"):
            yield from numbers_remark(s)
        return
    if s.shows("indices"):
        yield from parts.indices(s)
    yield Heading("Forward Pass")
    yield from _forward(s, 0)
    if s.shows("forward"):
        yield from parts.local_derivatives(s)
    if s.shows("loss"):
        yield from parts.output_words(s)
    yield Heading("Gradients")
    if not is_brief:
        yield from _idea(s)
        yield from _relu_remark(s)
    if s.shows("reasons") and not s.shows("forward"):  # where it is explained already
        yield from parts.direct_words(s, s.locals)
    yield from _gradients(s, 0)
    before = 0
    for number in s.problem.printed_steps:
        if words := between(before, number):
            yield Paragraph((words,))
        before = number
        if number > 1:
            yield Heading(f"Gradients of Step {number}")
            yield from _gradients(s, number - 1)
        yield Heading(_update_heading(s, number))
        yield from _updates(s, number)
        yield Heading("Forward Pass" if s.problem.steps == 1 else f"After Step {number}")
        yield from _forward(s, number)
    yield from unprinted(s)
    if s.shows("check"):
        yield from check(s)
    if s.shows("practice"):
        asked = [name for name in s.problem.wrt if name != s.problem.output][:MOST_TRIED]
        yield from practice(s, asked, lambda name, state: gradient(s, name, state))
    if not s.shows("givens"):
        yield from numbers_remark(s)


def _relu_remark(s: SolvedGraph) -> Iterator[Block]:
    steps = s.problem.definitions
    if any(isinstance(own.formula, Call) and own.formula.function == "relu" for own in steps):
        words = (
            "The derivative of ReLU is 1 where its argument is positive, else 0; at 0 there is none"
        )
        yield Paragraph((f"{words}, and 0 is used.",), remark=True)


def _updates_alone(s: SolvedGraph) -> Iterator[Block]:
    """Update by update where the gradients are given: there is nothing to work out between."""
    for before, number in pairwise((0, *s.problem.printed_steps)):
        yield Heading(_update_heading(s, number))
        if skipped := between(before, number):
            yield Paragraph((skipped,))
        yield from _updates(s, number)
    yield from unprinted(s)


def _update_heading(s: SolvedGraph, number: int) -> str:
    return "Update" if s.problem.steps == 1 else f"Update of Step {number}"


def _question(s: SolvedGraph) -> Iterator[Block]:
    yield Heading("Question")
    yield from given(s)
    yield from task(s)


def given(s: SolvedGraph) -> Iterator[Block]:
    """The givens with their values, and the steps that are computed from them."""
    if s.problem.given:
        yield Paragraph(("Given:",))
        yield Flow(tuple(_groups(s.problem.given, lambda name: (Var(name), s.num(name, 0)))))
    if s.problem.slopes:
        yield from _given_gradients(s)
        return
    if len(s.problem.definitions) <= _MOST_STEPS_IN_QUESTION:
        yield Paragraph(("Computed from these, step by step:",))
        steps = ((own.id, written(own.formula, Var)) for own in s.problem.definitions)
        yield Display(tuple(Equation(Var(name), (Part("=", rule),)) for name, rule in steps))
    else:
        yield Paragraph(("Computed from these:",))
        for statement in s.problem.statements:
            if not isinstance(statement.formula, Number):  # that is one of the givens
                yield Paragraph((general(statement), *_ranges(s, statement)))


def task(s: SolvedGraph) -> Iterator[Block]:
    """What to compute, in the problem's words or in those of its settings."""
    if s.problem.question:
        yield Paragraph((s.problem.question,))
        return
    if s.problem.slopes:
        if s.problem.steps:
            title = OPTIMIZERS[s.problem.optimizer.kind].title
            yield Paragraph((f"Compute {in_words(s.problem.steps, 'step')} of {title}.",))
        return
    output = Var(s.problem.output)
    by = tuple(_listed(s.problem.wrt))
    yield Paragraph(("Compute ", output, " and its derivatives with respect to ", *by, "."))


def _ranges(s: SolvedGraph, statement: Statement) -> Iterator[Inline]:
    """For which indices a statement holds, in words."""
    for position, own in enumerate(statement.ranges):
        yield " and " if position else " for "
        low, high = (whole(end, s.problem.sizes) for end in (own.low, own.high))
        yield Letter(Glyph(own.variable))
        yield f" from {low} to {high}"


def _given_gradients(s: SolvedGraph) -> Iterator[Block]:
    """The gradients that are given, of every step that is printed."""
    output, steps = Var(s.problem.output), s.problem.steps
    alike = len(s.problem.slopes) == 1
    for number in s.problem.printed_steps[: 1 if alike else None]:
        which = ", the same in every step:" if alike and steps > 1 else ":"
        yield Paragraph(("The gradient of ", output, which if alike else f" in step {number}:"))

        def given(name: str, before: int = number - 1) -> tuple[Formula, Formula]:
            slope = ids.partial(s.problem.output, name)
            return Partial(s.problem.output, name), s.num(slope, before)

        yield Flow(tuple(_groups(s.problem.wrt, given)))


def _groups(
    names: Iterable[str], sides: Callable[[str], tuple[Formula, Formula]]
) -> Iterator[tuple[Equation, ...]]:
    """What is given of each name, the entries of a list or matrix together."""
    groups: dict[str, list[Equation]] = {}
    for name in names:
        array, bracket, _ = name.partition("[")
        left, right = sides(name)
        groups.setdefault(array if bracket else "", []).append(Equation(left, (Part("=", right),)))
    yield from map(tuple, groups.values())


def _listed(names: Sequence[str]) -> Iterator[Inline]:
    if len(names) > _MOST_NAMED:
        yield "everything that is given"
        return
    for position, name in enumerate(names):
        if position:
            yield " and " if position == len(names) - 1 else ", "
        yield Var(name)


def _forward(s: SolvedGraph, state: int) -> Iterator[Block]:
    equations = (step(s, own.id, state) for own in s.problem.definitions)
    if s.problem.page.detail == "brief":
        equations = (final(equation) for equation in equations)
    yield Display(tuple(equations))


def _idea(s: SolvedGraph) -> Iterator[Block]:
    output = s.problem.output
    start = Equation(Partial(output, output), (Part("=", s.num(ids.partial(output, output), 0)),))
    yield Paragraph(
        (
            "Back from the output, where ",
            start,
            ": each quantity gets, from every step that reads it, that step's own gradient times "
            "the step's local derivative; what several steps give adds up.",
        )
    )


def _gradients(s: SolvedGraph, state: int) -> Iterator[Block]:
    """The gradient of every quantity on the way from the output back to what is asked for."""
    if s.problem.page.detail == "brief":
        yield Display(tuple(final(gradient(s, name, state)) for name in s.problem.wrt))
        return
    yield from remarks(s, state)
    explained: set[str] = set()
    for quantity in s.trace.quantities:
        name = s.derived(quantity.id)
        if name is None:
            continue
        for reader in s.readers(name):
            if reader not in explained:
                explained.add(reader)
                yield from (Paragraph(words, remark=True) for words in _cases(s, reader, state))
        own = s.trace.at_step(quantity.id, state)
        if state == 0:
            yield from parts.segment(s, name)
        else:
            yield Display((gradient(s, name, state),), own)


def _updates(s: SolvedGraph, number: int) -> Iterator[Block]:
    if s.shows("updates") and is_plain(s):
        yield Paragraph(("With ", *chosen(s, number), last_to_change(s, plain=True)))
        yield update_table(s, number)
        return
    right = "only old ones"
    if not is_plain(s):
        right = "old ones and those of the lines above"
        if number == 1:
            yield from written_rules(s)
    words = f", new values on the left, {right} on the right:"
    if s.problem.page.detail != "brief":
        yield Paragraph(("With ", *chosen(s, number), words))
    yield from assignments(s, s.problem.wrt, number)


def _cases(s: SolvedGraph, name: str, state: int) -> Iterator[Text]:
    """Why the local derivatives of a step are what they are where that is a matter of cases."""
    match s.formulas[name]:
        case Call("max" | "min" as function, (Name(first, _), Name(second, _))):
            # the derivative is decided exactly, which the printed digits need not show
            is_first = s.number(s.local_id(name, first), state).value != 0
            one, other = (s.values[s.trace.at_step(n, state)].exact for n in (first, second))
            if one is not None and one == other:
                reason = " are equal; the second is used, ", Var(second)
                yield (Var(first), " and ", Var(second), *reason, ".")
                return
            more = "larger" if function == "max" else "smaller"
            chosen = Var(first if is_first else second)
            yield (
                Var(name),
                f" is the {more} of the two, ",
                chosen,
                ": its derivative is 1 by that one and 0 by the other.",
            )

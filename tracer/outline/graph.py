"""The page of a computational graph: what is given, the forward pass, the gradients back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from sympy import Piecewise

from tracer import ids
from tracer.blocks import Block, Display, Flow, Heading, Inline, Page, Paragraph, Text
from tracer.derivation.steps import derivation, general, gradient, step, update, written
from tracer.expressions import Call, Name, Number, Statement
from tracer.formula import Equation, Letter, Part, Partial, Var
from tracer.glyph import Glyph
from tracer.graph import Template
from tracer.indices import whole
from tracer.outline.graph_instability import remarks
from tracer.outline.numbers import numbers_remark
from tracer.outline.words import printed_steps
from tracer.solved_graph import SolvedGraph
from tracer.trace import Trace

# up to here the question shows every step as a formula; longer graphs show them once, worked
_MOST_STEPS_IN_QUESTION = 12
_MOST_NAMED = 12


def page(s: SolvedGraph) -> Page:
    """The whole solution."""
    return Page(s.problem.title, tuple(_blocks(s)))


def derivation_page(s: SolvedGraph, names: Sequence[str]) -> Page:
    """The derivations of some quantities and nothing else."""
    return Page("", tuple(Display((derivation(s, name),), name) for name in names))


def needed(trace: Trace) -> list[str]:
    """The ids, with steps, whose values the whole solution prints."""
    found = [q.id for q in trace.quantities]
    for number in printed_steps(trace.steps):
        if number > 1:
            found += [trace.at_step(q.id, number - 1) for q in trace.quantities]
        forward = (q.id for q in trace.graph.quantities if q.id != ids.LEARNING_RATE)
        found += [trace.at_step(name, number) for name in forward]
    return list(dict.fromkeys(found))


def needed_for(trace: Trace, asked: Sequence[str]) -> list[str]:
    """The ids whose values the derivations of ``asked`` print: all that their rules read."""
    # a derivative may exist where the steps themselves do not: they have to be worked out
    states = {ids.split_step(name)[0] for name in asked}
    found = dict.fromkeys(
        trace.at_step(q.id, state) for state in states for q in trace.graph.quantities
    )
    names = [q.id for q in trace.graph.quantities]
    printed = {*names, *(ids.partial(trace.graph.output, name) for name in names)}
    for name in asked:
        state, base = ids.split_step(name)
        found[name] = None
        if state and base in trace.graph.parameters:
            # an update prints all that it reads
            state, base = state - 1, ids.later(base, 1)
            found |= dict.fromkeys(trace.at_step(used, state) for used in trace.index[base].uses)
        for used in trace.index[base].uses:
            # a local derivative is printed by way of the steps, unless it is a matter of cases
            rule = trace.index[used]
            if used in printed or any(_has_cases(term.template) for term in rule.terms):
                found[trace.at_step(used, state)] = None
    return list(found)


@cache
def _has_cases(template: Template) -> bool:
    return bool(template.expr.has(Piecewise))


def _blocks(s: SolvedGraph) -> Iterator[Block]:
    steps = s.problem.definitions
    yield from _question(s)
    yield Heading("Forward Pass")
    yield from _forward(s, 0)
    yield Heading("Gradients")
    yield from _idea(s)
    if any(isinstance(own.formula, Call) and own.formula.function == "relu" for own in steps):
        words = (
            "The derivative of ReLU is 1 where its argument is positive, else 0; at 0 there is none"
        )
        yield Paragraph((f"{words}, and 0 is used.",), remark=True)
    yield from _gradients(s, 0)
    for number in printed_steps(s.problem.steps):
        if number > 1:
            yield Heading(f"Gradients of Step {number}")
            yield from _gradients(s, number - 1)
        yield Heading("Update" if s.problem.steps == 1 else f"Update of Step {number}")
        yield from _updates(s, number)
        yield Heading("Forward Pass" if s.problem.steps == 1 else f"After Step {number}")
        yield from _forward(s, number)
    yield from numbers_remark(s)


def _question(s: SolvedGraph) -> Iterator[Block]:
    yield Heading("Question")
    if s.problem.given:
        yield Paragraph(("Given:",))
        yield Flow(tuple(_groups(s)))
    if len(s.problem.definitions) <= _MOST_STEPS_IN_QUESTION:
        yield Paragraph(("Computed from these, step by step:",))
        steps = ((own.id, written(own.formula, Var)) for own in s.problem.definitions)
        yield Display(tuple(Equation(Var(name), (Part("=", rule),)) for name, rule in steps))
    else:
        yield Paragraph(("Computed from these:",))
        for statement in s.problem.statements:
            if not isinstance(statement.formula, Number):  # that is one of the givens
                yield Paragraph((general(statement), *_ranges(s, statement)))
    if s.problem.question:
        yield Paragraph((s.problem.question,))
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


def _groups(s: SolvedGraph) -> Iterator[tuple[Equation, ...]]:
    """What is given, the entries of a list or matrix together."""
    groups: dict[str, list[str]] = {}
    for name in s.problem.given:
        array, bracket, _ = name.partition("[")
        groups.setdefault(array if bracket else "", []).append(name)
    for names in groups.values():
        yield tuple(Equation(Var(name), (Part("=", s.num(name, 0)),)) for name in names)


def _listed(names: Sequence[str]) -> Iterator[Inline]:
    if len(names) > _MOST_NAMED:
        yield "everything that is given"
        return
    for position, name in enumerate(names):
        if position:
            yield " and " if position == len(names) - 1 else ", "
        yield Var(name)


def _forward(s: SolvedGraph, state: int) -> Iterator[Block]:
    yield Display(tuple(step(s, own.id, state) for own in s.problem.definitions))


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
        yield Display((gradient(s, name, state),), own)


def _updates(s: SolvedGraph, number: int) -> Iterator[Block]:
    rate = Equation(Var(ids.LEARNING_RATE), (Part("=", s.num(ids.LEARNING_RATE, number - 1)),))
    yield Paragraph(("With ", rate, ", new values on the left, only old ones on the right:"))
    yield Display(tuple(update(s, name, number) for name in s.problem.wrt))


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

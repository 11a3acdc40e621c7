"""The ids whose values the page of a computational graph prints."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from sympy import Piecewise

from tracer import ids
from tracer.graph import IDENTITY, PRODUCT, Template
from tracer.graph_problem import GraphProblem
from tracer.print_steps import last_printed
from tracer.trace import Trace
from tracer.workings import change, term


def needed(problem: GraphProblem, trace: Trace) -> list[str]:
    """The ids, with steps, whose values the whole solution prints."""
    found = [q.id for q in trace.quantities]
    if "practice" in problem.page.parts and problem.steps and not problem.slopes:
        found += [
            trace.at_step(q.id, last_printed(problem.printed_steps)) for q in trace.quantities
        ]
    for number in problem.printed_steps:
        if number > 1:
            found += [trace.at_step(q.id, number - 1) for q in trace.quantities]
        found += [trace.at_step(q.id, number - 1) for q in trace.updates]
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
        found |= dict.fromkeys([base.removesuffix(ids.POWER)] if base.endswith(ids.POWER) else [])
        if state and trace.is_update(base):
            # an update prints all that it reads, and powers by their constants
            state, base = state - 1, ids.later(base, 1)
            uses = trace.index[base].uses
            found |= dict.fromkeys(trace.at_step(used, state) for used in uses)
            powers = (ids.split_step(used)[1] for used in uses if used.endswith(ids.POWER))
            found |= dict.fromkeys(power.removesuffix(ids.POWER) for power in powers)
        for used in trace.index[base].uses:
            # a local derivative is printed by way of the steps, unless it is a matter of cases
            rule = trace.index[used]
            if used in printed or any(_has_cases(term.template) for term in rule.terms):
                found[trace.at_step(used, state)] = None
    return list(found)


@cache
def _has_cases(template: Template) -> bool:
    return bool(template.expr.has(Piecewise))


def workings_needed(problem: GraphProblem, trace: Trace) -> list[str]:
    """The ids of the workings that the tables of the page show."""
    found: list[str] = []
    if "samples" in problem.page.parts and not problem.slopes:
        names = (q.id for q in trace.graph.quantities if q.id != problem.output)
        gradients = (trace.index.get(ids.partial(problem.output, name)) for name in names)
        for own in gradients:
            # a term for each step that reads it; where only the output does, its own terms
            if own is not None and all(t.template in (PRODUCT, IDENTITY) for t in own.terms):
                found += [term(own.id, position) for position in range(len(own.terms))]
    if "updates" in problem.page.parts and problem.optimizer.kind == "gradient_descent":
        own_ids = [ids.partial(problem.output, name) for name in problem.wrt]
        for number in problem.printed_steps:
            found += [ids.later(change(name), number - 1) for name in own_ids]
    return found

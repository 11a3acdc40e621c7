"""The ids whose values the page of a network prints."""

from __future__ import annotations

from collections.abc import Sequence

from tracer import ids
from tracer.derivation.gradients import bias_above
from tracer.outline.full.practice import MOST_TRIED
from tracer.print_steps import last_printed
from tracer.problem import Problem
from tracer.trace import Trace
from tracer.workings import change, term


def practised(trace: Trace) -> list[str]:
    """The parameters whose gradients may be left to practise, the best first.

    A weight of the lowest layer that learns takes the most to work out.
    """
    names = [n for n in trace.graph.parameters if ids.partial(ids.LOSS, n) in trace.index]
    weights = [name for name in names if name.startswith("w")] or names
    lowest = [name for name in weights if ids.layer_of(name) == ids.layer_of(weights[0])]
    return list(dict.fromkeys((*reversed(lowest), *weights, *names)))[:MOST_TRIED]


def needed(problem: Problem, trace: Trace) -> list[str]:
    """The ids, with steps, whose values the whole solution prints."""
    found = _needed(problem, trace)
    if "practice" in problem.page.parts and problem.steps:
        last = last_printed(problem.printed_steps)
        tasks = [ids.later(ids.partial(ids.LOSS, name), last) for name in practised(trace)]
        found = list(dict.fromkeys((*found, *needed_for(trace, tasks))))
    return found


def _needed(problem: Problem, trace: Trace) -> list[str]:
    local = [q.id for q in trace.quantities if trace.steps or q.id != ids.LEARNING_RATE]
    batch = [name for name in trace.of_batch[0] if name == ids.BATCH_LOSS]
    forward = [q.id for q in trace.graph.quantities if q.terms]
    found = [*local, *batch]
    for step in problem.printed_steps:
        if step > 1:
            found += [ids.at_step(name, step - 1) for name in (*trace.carried, ids.LEARNING_RATE)]
            found += [ids.at_step(q.id, step - 1) for q in trace.quantities if q.terms]
            found += [ids.at_step(name, step - 1) for name in batch]
        found += [ids.at_step(q.id, step - 1) for q in trace.updates]
        found += [ids.at_step(name, step) for name in forward]
    return list(dict.fromkeys(found))


def needed_for(trace: Trace, asked: Sequence[str]) -> list[str]:
    """The ids whose values the derivations of ``asked`` print: all that they rest on.

    An activation's derivative is printed by way of the output, and whether it is left out as a
    factor 1 depends on all samples.
    """
    found: dict[str, None] = {}
    seen: set[tuple[str, int]] = set()
    for name in asked:
        step, base = ids.split_step(name)
        if step and trace.is_update(base):
            step, base = step - 1, ids.at_step(base, 1)
        waiting = [base]
        while waiting:
            top = waiting.pop()
            own = trace.at_step(top, step)
            if (top, step) in seen:
                continue
            seen.add((top, step))
            found[own] = None
            waiting += trace.index_at(step)[top].uses
            waiting += _also_printed(trace, top)
    return list(found)


def _also_printed(trace: Trace, quantity: str) -> list[str]:
    """What a derivation prints of a quantity beyond the ids that its rule reads."""
    found = ids.parse(quantity)
    assert found is not None
    if found.wrt is None:
        return [found.of.kind.removesuffix(ids.POWER)] if found.of.kind.endswith(ids.POWER) else []
    if found.of.kind == ids.LOSS:
        above = bias_above(trace.graph, found.wrt)
        return [] if above is None else [ids.partial(ids.LOSS, above)]
    if found.of.kind != "l":
        return []
    samples = range(1, trace.graph.samples + 1)
    pairs = ((ids.at(ids.base(quantity), n), ids.at(str(found.of), n)) for n in samples)
    return [name for pair in pairs for name in pair]


def workings_needed(problem: Problem, trace: Trace) -> list[str]:
    """The ids of the workings that the tables of the page show."""
    found: list[str] = []
    gradients = [ids.partial(ids.LOSS, name) for name in trace.graph.parameters]
    if "samples" in problem.page.parts and len(trace.batch(0)) > 1:
        count = len(trace.batch(0))
        factored = [n for n in trace.graph.parameters if n[0] in "wb"]
        factored = [n for n in factored if len(problem.places(n)) == 1]
        sums = [ids.partial(ids.LOSS, name) for name in factored]
        found += [term(own, n) for own in sums if own in trace.index for n in range(count)]
    if "updates" in problem.page.parts and problem.optimizer.kind == "gradient_descent":
        for number in problem.printed_steps:
            found += [ids.later(change(own), number - 1) for own in gradients]
    return found

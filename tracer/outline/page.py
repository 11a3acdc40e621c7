"""The whole page, and what it needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tracer import ids
from tracer.blocks import Block, Display, Page, Paragraph
from tracer.derivation.quantity import derivation
from tracer.graph import Quantity
from tracer.outline.descent import idea, updates
from tracer.outline.gradients import gradients, later_gradients
from tracer.outline.model import loss, model
from tracer.outline.question import question
from tracer.outline.words import printed_steps
from tracer.solved import Solved
from tracer.trace import Trace


def page(s: Solved) -> Page:
    """The whole solution."""
    return Page(s.problem.title, tuple(_blocks(s)))


def _blocks(s: Solved) -> Iterator[Block]:
    name = s.problem.loss.name
    steps = printed_steps(s.problem.steps)
    yield from question(s)
    yield from model(s, "Initial Model", 0)
    yield from loss(s, f"Initial {name}", 0)
    if steps:
        yield from idea(s)
    yield from gradients(s)
    for number in steps:
        if number > 1:
            yield from later_gradients(s, number)
        yield from updates(s, number)
        after = "" if s.problem.steps == 1 else f" after Step {number}"
        yield from model(s, f"Updated Model{after}", number)
        yield from loss(s, f"{name}{after}", number)
    yield from _numbers_remark(s)


def derivation_page(s: Solved, names: list[str]) -> Page:
    """The derivations of some quantities and nothing else."""
    return Page(s.problem.title, tuple(Display((derivation(s, name),), name) for name in names))


def needed(trace: Trace) -> list[str]:
    """The ids, with steps, whose values the whole solution prints."""
    local = [q.id for q in trace.quantities if trace.steps or q.id != ids.LEARNING_RATE]
    forward = [q.id for q in trace.graph.quantities if q.terms]
    found = list(local)
    for step in printed_steps(trace.steps):
        if step > 1:
            found += [ids.at_step(name, step - 1) for name in trace.graph.parameters]
            found += [ids.at_step(q.id, step - 1) for q in trace.quantities if q.terms]
        found += [ids.at_step(name, step) for name in (*trace.graph.parameters, *forward)]
    return list(dict.fromkeys(found))


def needed_for(trace: Trace, index: Mapping[str, Quantity], asked: Sequence[str]) -> list[str]:
    """The ids whose values the derivations of ``asked`` print: all that they rest on."""
    found: dict[str, None] = {}
    for name in asked:
        step, base = ids.split_step(name)
        if step and base in trace.graph.parameters:
            step, base = step - 1, ids.at_step(base, 1)
        waiting = [base]
        while waiting:
            top = waiting.pop()
            own = ids.at_step(top, step) if not top.startswith("1/") else name
            if own not in found:
                found[own] = None
                waiting += index[top].uses
        found[name] = None
    return list(found)


def _numbers_remark(s: Solved) -> Iterator[Block]:
    numbers = s.problem.numbers
    if numbers.policy == "float64":
        words = (
            "Computed in float64, the machine's own arithmetic; the digits are rounded to "
            f"{numbers.digits} decimals for display and are not proven."
        )
    elif numbers.policy == "step":
        words = (
            f"Every result is rounded to {numbers.digits} decimals (ties away from zero) and the "
            "rounded value used onward."
        )
    elif all(value.number.is_exact for value in s.values.values()):
        return
    else:
        words = (
            f"Values are printed to at most {numbers.digits} decimals and carried on unrounded; "
            "≈ stands where the printed digits do not give the right-hand side exactly."
        )
    yield Paragraph((words,), remark=True)

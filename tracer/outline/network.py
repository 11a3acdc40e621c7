"""The page of a network, and the ids whose values it prints."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tracer import ids
from tracer.activations import ACTIVATIONS, Activation, row_of
from tracer.blocks import Block, Display, Page, Paragraph
from tracer.derivation import symbolic
from tracer.derivation.gradients import bias_above
from tracer.derivation.quantity import derivation
from tracer.formula import Equation, Part, Partial, Var, cited
from tracer.outline import function, matrix
from tracer.outline.descent import idea, updates
from tracer.outline.gradients import gradients, later_gradients
from tracer.outline.model import loss, model
from tracer.outline.numbers import numbers_remark, unprinted
from tracer.outline.own import own_definition, own_layers, own_slope
from tracer.outline.question import question
from tracer.outline.words import listed
from tracer.problem import Problem
from tracer.solved import Solved
from tracer.trace import Trace


def page(s: Solved) -> Page:
    """The whole solution."""
    return Page(s.problem.title, tuple(_blocks(s)))


def _blocks(s: Solved) -> Iterator[Block]:
    name = s.symbols.loss_word
    steps = s.problem.printed_steps
    if s.view == "function":
        yield from function.model(s)
        yield from _no_gradients(s) if s.problem.forward_only else function.gradients(s)
        return
    forms = _SCALARS
    if s.view == "matrix":
        matrix.check(s)
        forms = _MATRICES
    yield from question(s)
    yield from forms.model(s, "Initial Model", 0)
    yield from loss(s, f"Initial {name}", 0)
    if steps:
        yield from idea(s)
    yield from _no_gradients(s) if s.problem.forward_only else forms.gradients(s)
    for before, number in pairwise((0, *steps)):
        if number > 1:
            yield from forms.later_gradients(s, number, before)
        yield from updates(s, number)
        after = "" if s.problem.steps == 1 else f" after Step {number}"
        yield from forms.model(s, f"Updated Model{after}", number)
        yield from loss(s, f"{name}{after}", number)
    yield from unprinted(s)
    yield from numbers_remark(s)


@dataclass(frozen=True, slots=True)
class _Forms:
    """The sections that a view writes in its own way."""

    model: Callable[[Solved, str, int], Iterator[Block]]
    gradients: Callable[[Solved], Iterator[Block]]
    later_gradients: Callable[[Solved, int, int], Iterator[Block]]


_SCALARS = _Forms(model, gradients, later_gradients)
_MATRICES = _Forms(matrix.model, matrix.gradients, matrix.later_gradients)


def _no_gradients(s: Solved) -> Iterator[Block]:
    assert s.problem.forward_only is not None
    row = ACTIVATIONS[s.problem.forward_only]
    words = f"The derivative of {row.text} {row.remark}. So no gradients are worked out."
    yield Paragraph((words,), remark=True)


def derivation_page(s: Solved, names: Sequence[str]) -> Page:
    """The derivations of some quantities and nothing else, but for what would mislead."""
    displays = [Display((_derived(s, name),), name) for name in names]
    blocks: list[Block] = [*displays, *_meaning_of_deltas(s, displays)]
    found = [ids.parse(name) for name in names]
    partial = any(i and i.wrt and i.sample and i.of.kind == ids.LOSS for i in found)
    if partial and len(s.problem.data) > 1:
        first, second = (s.symbols.sample_name(n) for n in (1, 2))
        words = (
            f"A derivative at one sample, {first}, {second} and so on, is that of the sample's "
            "own loss"
        )
        rest = "." if s.problem.loss.samples == "sum" else ", before the mean is taken."
        blocks.append(Paragraph((words + rest,), remark=True))
    layers = own_layers(s)
    if layers:
        cases = [own_definition(s, i) for i in layers]
        if not s.problem.forward_only:
            cases += [own_slope(s, i) for i in layers]
        blocks.append(Paragraph(("Here ", *listed(cases), "."), remark=True))
    blocks += (
        Paragraph((f"The derivative of {row.text} {row.remark}.",), remark=True)
        for row in _used_at_kink(s)
    )
    return Page("", tuple(blocks))


def _derived(s: Solved, name: str) -> Equation:
    """The derivation of a quantity; of a gradient in symbols alone where that is the view."""
    found = ids.parse(name)
    if s.view == "function" and found and found.wrt and not found.step and found.sample is None:
        parameter = str(found.wrt)
        if parameter in s.trace.graph.parameters and found.of.kind == ids.LOSS:
            return symbolic.gradient(s, parameter)
    return derivation(s, name)


def _meaning_of_deltas(s: Solved, displays: Sequence[Display]) -> Iterator[Block]:
    """What the notation's deltas stand for, where a derivation cites some that it does not make."""
    equations = [equation for display in displays for equation in display.equations]
    made = {name for e in equations if e.left is not None for name in cited(e.left)}
    names = (name for e in equations for part in e.parts for name in cited(part.formula))
    found = [i for i in map(ids.parse, dict.fromkeys(names)) if i and i.wrt and str(i) not in made]
    if found:
        meanings = [
            Equation(Var(str(i)), (Part("=", Partial(str(i.of), str(i.wrt))),)) for i in found
        ]
        yield Paragraph(("Here ", *listed(meanings), "."), remark=True)


def _used_at_kink(s: Solved) -> list[Activation]:
    """The activations whose derivative is taken where there is none, at 0."""
    found: dict[str, Activation] = {}
    for name in s.values:
        local = ids.parse(name)
        if local is None or local.wrt is None or (local.of.kind, local.wrt.kind) != ("l", "p"):
            continue
        row = row_of(s.problem.layers[local.of.layer - 1].activation)
        pre = str(ids.Id(local.wrt, None, local.sample, local.step))
        if row.remark and row.textbook is None and s.values[pre].number.value == 0:
            found[row.name] = row
    return list(found.values())


def needed(problem: Problem, trace: Trace) -> list[str]:
    """The ids, with steps, whose values the whole solution prints."""
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
    for name in asked:
        seen: set[str] = set()
        step, base = ids.split_step(name)
        if step and trace.is_update(base):
            step, base = step - 1, ids.at_step(base, 1)
        waiting = [base]
        while waiting:
            top = waiting.pop()
            own = trace.at_step(top, step)
            if own in seen:
                continue
            seen.add(own)
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

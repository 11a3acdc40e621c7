"""The page of a network, and the ids whose values it prints."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tracer import ids
from tracer.activations import ACTIVATIONS, Activation, row_of
from tracer.blocks import Block, Display, Page, Paragraph
from tracer.derivation import symbolic
from tracer.derivation.gradients import bias_above, gradient
from tracer.derivation.quantity import derivation
from tracer.formula import Equation, Part, Partial, Var, cited
from tracer.outline import brief, function, matrix
from tracer.outline.descent import idea, updates
from tracer.outline.full.check import check
from tracer.outline.full.forward import forward
from tracer.outline.full.givens import givens
from tracer.outline.full.indices import indices
from tracer.outline.full.losses import loss_words
from tracer.outline.full.practice import practice
from tracer.outline.gradients import gradients, later_gradients
from tracer.outline.model import loss, model
from tracer.outline.numbers import numbers_remark, unprinted
from tracer.outline.own import own_definition, own_layers, own_slope
from tracer.outline.question import question
from tracer.outline.words import listed
from tracer.print_steps import last_printed
from tracer.problem import Problem
from tracer.solved import Solved
from tracer.trace import Trace
from tracer.workings import change, term


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
    forms = _forms(s)
    is_brief = s.problem.page.detail == "brief"
    if s.shows("givens"):
        yield from givens(s)
    elif is_brief:
        yield from brief.definitions(s)
    else:
        yield from question(s)
    if s.shows("indices"):
        yield from indices(s)
    yield from forms.model(s, "Initial Model", 0)
    yield from forms.loss(s, f"Initial {name}", 0)
    if s.shows("loss"):
        yield from loss_words(s)
    if steps and not is_brief:
        yield from idea(s)
    yield from _no_gradients(s) if s.problem.forward_only else forms.gradients(s)
    for before, number in pairwise((0, *steps)):
        if number > 1:
            yield from forms.later_gradients(s, number, before)
        is_line = is_brief and not s.shows("updates")
        yield from brief.updates(s, number) if is_line else updates(s, number)
        after = "" if s.problem.steps == 1 else f" after Step {number}"
        yield from forms.model(s, f"Updated Model{after}", number)
        yield from forms.loss(s, f"{name}{after}", number)
    yield from unprinted(s)
    if s.shows("check"):
        yield from check(s)
    if s.shows("practice"):
        yield from _practice(s)
    if not s.shows("givens"):
        yield from numbers_remark(s)


def _practice(s: Solved) -> Iterator[Block]:
    parameter = practised(s.trace)
    if parameter is not None:
        last = last_printed(s.problem.printed_steps)
        worked = gradient(s, parameter, last)
        yield from practice(parameter, ids.LOSS, last, worked)


def practised(trace: Trace) -> str | None:
    """The parameter whose gradient is left to practise: a weight of the lowest layer that learns.

    None where there are no gradients.
    """
    names = [n for n in trace.graph.parameters if ids.partial(ids.LOSS, n) in trace.index]
    weights = [name for name in names if name.startswith("w")] or names
    lowest = [name for name in weights if ids.layer_of(name) == ids.layer_of(weights[0])]
    return lowest[-1] if lowest else None


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


@dataclass(frozen=True, slots=True)
class _Forms:
    """The sections that a view, or a page's detail, writes in its own way."""

    model: Callable[[Solved, str, int], Iterator[Block]]
    loss: Callable[[Solved, str, int], Iterator[Block]]
    gradients: Callable[[Solved], Iterator[Block]]
    later_gradients: Callable[[Solved, int, int], Iterator[Block]]


def _forms(s: Solved) -> _Forms:
    if s.view == "matrix":
        matrix.check(s)
        return _Forms(matrix.model, loss, matrix.gradients, matrix.later_gradients)
    if s.problem.page.detail == "brief":
        own = forward if s.shows("forward") else brief.model
        return _Forms(own, brief.loss, brief.gradients, brief.later_gradients)
    return _Forms(forward if s.shows("forward") else model, loss, gradients, later_gradients)


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
    if is_in_symbols(s.trace, name, s.view):
        return symbolic.gradient(s, name.removeprefix(ids.partial(ids.LOSS, "")))
    return derivation(s, name)


def is_in_symbols(trace: Trace, name: str, view: str) -> bool:
    """Whether a derivation has no numbers: of the gradients in the view of functions."""
    gradients = (ids.partial(ids.LOSS, own) for own in trace.graph.parameters)
    return view == "function" and name in gradients


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
    found = _needed(problem, trace)
    parameter = practised(trace) if "practice" in problem.page.parts else None
    if parameter is not None:
        last = last_printed(problem.printed_steps)
        own = ids.later(ids.partial(ids.LOSS, parameter), last)
        found = list(dict.fromkeys((*found, *needed_for(trace, [own]))))
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

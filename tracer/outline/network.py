"""The page of a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tracer import ids
from tracer.activations import ACTIVATIONS, Activation, row_of
from tracer.blocks import Block, Display, Page, Paragraph
from tracer.derivation.chosen import chosen
from tracer.derivation.gradients import gradient
from tracer.derivation.matrix_limits import check_matrices
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
from tracer.outline.network_needed import practised
from tracer.outline.numbers import numbers_remark, unprinted
from tracer.outline.own import own_definition, own_layers, own_slope
from tracer.outline.question import question
from tracer.outline.words import listed
from tracer.solved import Solved


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
        yield from practice(s, practised(s.trace), lambda name, step: gradient(s, name, step))
    if not s.shows("givens"):
        yield from numbers_remark(s)


@dataclass(frozen=True, slots=True)
class _Forms:
    """The sections that a view, or a page's detail, writes in its own way."""

    model: Callable[[Solved, str, int], Iterator[Block]]
    loss: Callable[[Solved, str, int], Iterator[Block]]
    gradients: Callable[[Solved], Iterator[Block]]
    later_gradients: Callable[[Solved, int, int], Iterator[Block]]


def _forms(s: Solved) -> _Forms:
    if s.view == "matrix":
        check_matrices(s)
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
    """The derivation of a quantity; of a gradient in its own view."""
    found = ids.parse(name)
    if found and found.wrt and found.sample is None and found.of.kind == ids.LOSS:
        own = chosen(s, str(found.wrt), found.step)
        if own is not None:
            return own
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

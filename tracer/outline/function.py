"""The page of the network as a function: in symbols alone, for one general sample."""

from __future__ import annotations

from collections.abc import Iterator

from tracer import ids
from tracer.blocks import Block, Display, Heading, Paragraph
from tracer.derivation.symbolic import (
    by_output,
    can_be_composed,
    composed,
    delta_equation,
    gradient,
    output,
    penalty,
    pre,
    sample_loss,
)
from tracer.errors import NotSupported
from tracer.outline.gradients import loss_remarks, slopes_by_cases, textbook_slopes
from tracer.outline.own import own_slopes
from tracer.outline.question import architecture, asked, parameter_notes
from tracer.outline.words import backwards, neurons
from tracer.solved import Solved

_MOST_PARAMETERS = 200


def model(s: Solved) -> Iterator[Block]:
    """The network, layer by layer and composed, and the loss of a sample."""
    if s.problem.parameters > _MOST_PARAMETERS:
        raise NotSupported(
            f"view function: {s.problem.parameters:,} parameters, more than {_MOST_PARAMETERS}; "
            "use view matrix, or auto"
        )
    if s.problem.question.strip():
        yield Heading("Question")
        yield from asked(s)
    yield Heading("The Network as a Function")
    yield Paragraph(architecture(s))
    yield Paragraph(("From the inputs to the outputs:",))
    for layer in range(1, s.last + 1):
        units = neurons(s, layer)
        pres = [pre(s, layer, j) for j in units]
        yield Display(tuple(pres + [output(s, layer, j) for j in units]))
    if can_be_composed(s):
        yield Paragraph(("In one formula:",))
        yield Display(tuple(composed(s, j) for j in neurons(s, s.last)))
    yield from parameter_notes(s)
    yield Heading(f"{s.symbols.loss_word} of a Sample")
    yield Display((sample_loss(s),))
    if s.problem.loss.penalty is not None:
        yield Display((penalty(s),))
    how = "added up" if s.problem.loss.samples == "sum" else "averaged"
    words = f"Of several samples, the losses and their gradients are {how}"
    ending = "; the penalty is added once." if s.problem.loss.penalty is not None else "."
    yield Paragraph((words + ending,), remark=True)


def gradients(s: Solved) -> Iterator[Block]:
    """The derivatives of the loss of a sample by every parameter."""
    yield Heading("Gradients")
    yield from textbook_slopes(s)
    yield from own_slopes(s)
    yield from loss_remarks(s)
    yield from slopes_by_cases(s)
    layers = range(s.last, s.first - 1, -1)
    lowest = min((i for i in layers if s.by_deltas(i)), default=s.last + 1)
    for layer in layers:
        if layer >= lowest:
            yield from _deltas(s, layer)
        for name in backwards(s, layer):
            yield Display((gradient(s, name),), ids.partial(ids.LOSS, name))


def _deltas(s: Solved, layer: int) -> Iterator[Block]:
    number = s.symbols.layer(layer)
    words = f"The derivatives with respect to the pre-activations of layer {number}:"
    yield Paragraph((words,))
    if layer < s.last and s.problem.is_coupled(layer):
        yield Display(tuple(by_output(s, layer, j) for j in neurons(s, layer)))
    yield Display(tuple(delta_equation(s, layer, j) for j in neurons(s, layer)))

"""The page in matrix form: whole layers at once, and a column for each sample."""

from __future__ import annotations

from collections.abc import Iterator

from tracer import ids
from tracer.blocks import Block, Display, Heading, Paragraph
from tracer.derivation.matrix import (
    Columns,
    bias_gradient,
    delta_equation,
    given,
    has_loss_slope,
    has_slope,
    loss_slope_equation,
    output_equation,
    pre_equation,
    slope_equation,
    update_equation,
    weight_gradient,
)
from tracer.formula import MatrixPartial, Ones
from tracer.outline.gradients import batch_loss, loss_remarks, slopes_by_cases, textbook_slopes
from tracer.outline.instability import remarks
from tracer.outline.own import own_slopes
from tracer.outline.words import offsets
from tracer.print_steps import between
from tracer.solved import Solved


def learning(s: Solved, layer: int) -> list[str]:
    """Which of a layer's matrices learn: ``w``, ``b``."""
    found = [] if ids.weight(layer, 1, 1) in s.problem.frozen else ["w"]
    if s.has_bias(layer) and ids.bias(layer, 1) not in s.problem.frozen:
        found.append("b")
    return found


def data(s: Solved) -> Iterator[Block]:
    """The samples as columns, and the parameters."""
    c = Columns(s, 0, tuple(s.samples))
    several = len(s.problem.data) > 1
    words = "Given labelled data, a column for each sample:" if several else "Given a sample:"
    yield Paragraph((words,))
    inputs = given(c.name("l", 0), c.output(0))
    yield Display((inputs, given(c.name("t", s.last), c.targets())))


def parameters(s: Solved) -> Iterator[Block]:
    """The matrix and the biases of each layer."""
    c = Columns(s, 0, tuple(s.samples))
    yield Paragraph(("Define, with the weight to neuron j from neuron k in row j and column k:",))
    found = []
    for layer in range(1, s.last + 1):
        found.append(given(c.name("w", layer), c.weights(layer)))
        if s.has_bias(layer):
            found.append(given(c.name("b", layer), c.biases(layer)))
    yield Display(tuple(found))


def model(s: Solved, title: str, step: int) -> Iterator[Block]:
    """The forward pass, layer by layer."""
    c = Columns(s, step, tuple(s.samples))
    yield Heading(title)
    if step == 0:
        how = "Activations are applied to each entry"
        if any(s.problem.is_coupled(i) for i in range(1, s.last + 1)):
            how += ", softmax to each column"
        if len(c.samples) > 1 and offsets(s, range(1, s.last + 1)):
            yield Paragraph((f"{how}; ", Ones(), " is a column of ones, one for each sample."))
        else:
            yield Paragraph((f"{how}.",))
    for layer in range(1, s.last + 1):
        yield Display((pre_equation(c, layer),))
        yield Display((output_equation(c, layer),))
    yield from remarks(s, "model", step)


def gradients(s: Solved) -> Iterator[Block]:
    """The deltas and the gradients of each layer, from the last back."""
    yield Heading("Gradients")
    yield from batch_loss(s, 0)
    yield from _meaning(s, 0)
    yield from textbook_slopes(s)
    yield from own_slopes(s)
    yield from loss_remarks(s)
    yield from slopes_by_cases(s)
    yield from remarks(s, "gradients", 0)
    yield from _backwards(s, 0)


def later_gradients(s: Solved, number: int, before: int) -> Iterator[Block]:
    """The same in a later step; ``before`` is the step that was printed before it."""
    yield Heading(f"Gradients of Step {number}")
    if skipped := between(before, number):
        yield Paragraph((skipped,))
    if s.is_batched:
        yield from batch_loss(s, number - 1)
    yield from _meaning(s, number - 1)
    yield from remarks(s, "gradients", number - 1)
    yield from _backwards(s, number - 1)


def _meaning(s: Solved, step: int) -> Iterator[Block]:
    """What the columns of the matrices of derivatives are."""
    c = Columns(s, step, s.batch(step))
    if len(c.samples) == 1:
        return
    before = "Before the mean, each" if s.problem.loss.samples == "mean" else "Each"
    rest = " has the derivatives of its sample's own loss; a product with a transpose sums over "
    rest += "the samples"
    rest += " of the batch, which alone are the columns here." if s.is_batched else "."
    partial = MatrixPartial(c.name("p", s.last))
    yield Paragraph((f"{before} column of ", partial, rest), remark=True)


def _backwards(s: Solved, step: int) -> Iterator[Block]:
    c = Columns(s, step, s.batch(step))
    for layer in range(s.last, s.first - 1, -1):
        if layer == s.last and has_loss_slope(s):
            yield Display((loss_slope_equation(c),))
        if has_slope(s, layer):
            yield Display((slope_equation(c, layer),))
        yield Display((delta_equation(c, layer),))
        for kind in learning(s, layer):
            yield Display(((weight_gradient if kind == "w" else bias_gradient)(c, layer),))


def update(s: Solved, number: int) -> Iterator[Block]:
    """The update of every matrix in step ``number``."""
    c = Columns(s, number - 1, s.batch(number - 1))
    for layer in range(s.last, 0, -1):
        for kind in learning(s, layer):
            yield Display((update_equation(c, layer, kind),))

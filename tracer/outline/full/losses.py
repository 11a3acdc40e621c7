"""What a loss's sum, mean and factors do to its gradients, in words."""

from __future__ import annotations

from collections.abc import Iterator

from flint import fmpq

from tracer import ids
from tracer.blocks import Block, Display, Paragraph, Text
from tracer.derivation.backward import loss_slope
from tracer.derivation.forward import loss_factor, scaled
from tracer.formula import Equation, Num, Part, Partial, Var, minus, product
from tracer.outline.words import in_words
from tracer.printing import printed
from tracer.solved import Solved


def loss_words(s: Solved) -> Iterator[Block]:
    """The sum or mean over samples and over outputs, the factor, and a square's derivative."""
    yield Paragraph(_over_samples(s), remark=True)
    outputs = s.problem.sizes[-1]
    if outputs > 1:
        is_sum = s.problem.loss.outputs == "sum"
        words = "sum over the {}; their mean" if is_sum else "mean over the {}; their sum"
        rest = (
            f"would have gradients {in_words(outputs, 'time')} {'small' if is_sum else 'larg'}er."
        )
        own = words.format(in_words(outputs, "output"))
        yield Paragraph((f"Within a sample it is the {own} {rest}",), remark=True)
    if s.problem.loss.kind == "squared_error" and s.problem.forward_only is None:
        yield from _square(s)


def _over_samples(s: Solved) -> Text:
    count = len(s.problem.data)
    if count == 1:
        return ("There is one sample, so that a sum and a mean over the data are the same.",)
    is_sum = s.problem.loss.samples == "sum"
    value = s.values[ids.LOSS].exact
    has_penalty = s.problem.loss.penalty is not None
    number: Text = ()
    if value is not None and not has_penalty:
        other = value / count if is_sum else value * count
        number = (" (here ", Num(printed(other, s.problem.numbers, s.precision(ids.LOSS))), ")")
    samples = in_words(count, "sample")
    if is_sum:
        words = f" is the sum over the {samples}, not divided by their number. The mean"
        rest = f" would have gradients {in_words(count, 'time')} smaller."
    else:
        words = f" is the mean over the {samples}. Their sum"
        rest = f" would have gradients {in_words(count, 'time')} larger."
    if has_penalty:
        rest = f"{rest[:-1]}, but for the penalty's."
    return (Var(ids.LOSS), words, *number, rest)


def _square(s: Solved) -> Iterator[Block]:
    """``2(t - y) · (-1) = 2(y - t)``: where the factor 2 and the sign come from."""
    factor = loss_factor(s)
    words = "The square gives a factor 2, and the inner derivative the sign:"
    if factor == fmpq(1, 2):
        words = "The factor 1/2 cancels the 2 of the square; the inner derivative gives the sign:"
    yield Paragraph((words,))
    left = Partial(ids.LOSS, ids.output(s.last, 1))
    turned = scaled(2 * factor, [minus(Var(ids.output(s.last, 1)), Var(ids.target(1)))])
    links = (product(loss_slope(s, 1)), turned)
    yield Display((Equation(left, tuple(Part("=", link) for link in links)),))

"""What a page says of a loss that is a formula of the user's own."""

from __future__ import annotations

from collections.abc import Iterator

from tracer import ids
from tracer.blocks import Block, Display, Paragraph
from tracer.derivation.backward import loss_slope
from tracer.expressions import Tree
from tracer.formula import Equation, Part, Partial, product
from tracer.own_loss import REMARKS, names_of, printed_slope
from tracer.solved import Solved


def own_loss_remarks(s: Solved, formula: Tree) -> Iterator[Block]:
    """Its derivative by the first output, and what the functions in it mean at their kinks."""
    left = Partial(ids.LOSS, ids.output(s.last, 1))
    yield Paragraph(("The derivative of this loss by an output:",))
    yield Display((Equation(left, (Part("=", product(loss_slope(s, 1))),)),))
    names = names_of(printed_slope(formula))
    for name, words in REMARKS.items():
        if name in names:
            yield Paragraph((f"In this derivative, {words}.",), remark=True)

"""What a page says of a loss that is a formula of the user's own."""

from __future__ import annotations

from collections.abc import Iterator

from tracer import ids
from tracer.blocks import Block, Display, Paragraph
from tracer.derivation.backward import loss_slope
from tracer.expressions import Tree
from tracer.formula import Equation, Part, Partial, product
from tracer.own_functions import TARGET_AND_OUTPUT, names_of, printed_slope
from tracer.solved import Solved

# of the functions by which a derivative of cases is printed
_REMARKS = {
    "sign": "sign is 1 for positive and -1 for negative numbers, and 0 is used at 0, where the "
    "absolute value has no derivative",
    "relu'": "ReLU' is 1 for positive and 0 for negative numbers, and 0 is used at 0, where ReLU "
    "has no derivative",
    "step": "step is 1 from 0 on, and 0 for negative numbers; where both arguments of max or min "
    "are equal, the derivative is that of the second",
}


def own_loss_remarks(s: Solved, formula: Tree) -> Iterator[Block]:
    """Its derivative by the first output, and what the functions in it mean at their kinks."""
    left = Partial(ids.LOSS, ids.output(s.last, 1))
    yield Paragraph(("The derivative of this loss by an output:",))
    yield Display((Equation(left, (Part("=", product(loss_slope(s, 1))),)),))
    names = names_of(printed_slope(formula, TARGET_AND_OUTPUT))
    for name, words in _REMARKS.items():
        if name in names:
            yield Paragraph((f"In this derivative, {words}.",), remark=True)

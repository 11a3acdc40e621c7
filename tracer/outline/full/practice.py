"""Practice: a gradient whose last steps are left blank, and then its solution."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.blocks import Block, Display, Heading, Paragraph
from tracer.derivation.trees import leaves, mapped
from tracer.formula import Equation, Formula, Letter, Num, Part, Var
from tracer.glyph import Glyph
from tracer.outline.full.blanks import is_numeric

_BLANK = Letter(Glyph("…"))


def practice(parameter: str, output: str, steps: int, worked: Equation) -> Iterator[Block]:
    """``worked``: the whole derivation of the gradient by ``parameter``, after all steps."""
    yield Heading("Practice")
    when = " at the new values" if steps else " once more"
    words = f"{when}: fill in what is left out, then compare."
    yield Paragraph(("The derivative of ", Var(output), " by ", Var(parameter), words))
    yield Display((_faded(worked),))
    yield Paragraph(("Solution:",))
    yield Display((worked,))


def _faded(worked: Equation) -> Equation:
    """The equation up to its first line of numbers, of which the later half is left blank."""
    place = next(i for i, part in enumerate(worked.parts) if is_numeric(part.formula))
    first = worked.parts[place]
    count = sum(isinstance(leaf, Num) for leaf in leaves(first.formula))
    left = iter(range(count))

    def blanked(leaf: Formula) -> Formula:
        is_kept = not isinstance(leaf, Num) or next(left) < count // 2
        return leaf if is_kept else _BLANK

    filled = Part("=", mapped(first.formula, blanked), first.newline)
    ending = (Part("=", _BLANK),) if count > 1 else ()
    return Equation(worked.left, (*worked.parts[:place], filled, *ending))

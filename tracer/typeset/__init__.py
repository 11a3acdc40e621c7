"""Formulas to text, one printer per target. Signs and brackets are decided here, once for all.

A printer turns a formula into pieces, each with its width and whether a line may be broken before
it; `lines` fills lines with them. A new target is a subclass of `Printer` that says how its atoms
look (`atoms` lists them).
"""

from tracer.typeset.atoms import Piece
from tracer.typeset.base import Printer
from tracer.typeset.latex import LatexPrinter
from tracer.typeset.lines import Line, fits, lines, stacked
from tracer.typeset.mathml import MathmlPrinter
from tracer.typeset.text import TextPrinter, spread
from tracer.typeset.typst import TypstPrinter

__all__ = [
    "LatexPrinter",
    "Line",
    "MathmlPrinter",
    "Piece",
    "Printer",
    "TextPrinter",
    "TypstPrinter",
    "fits",
    "lines",
    "spread",
    "stacked",
]

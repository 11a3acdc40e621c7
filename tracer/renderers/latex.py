"""LaTeX: an article for pdflatex or lualatex, or its body alone."""

from __future__ import annotations

from dataclasses import replace

from tracer.drawing import Drawing
from tracer.renderers import Job
from tracer.renderers.document import fill
from tracer.renderers.paper import WIDTH, paper, scale
from tracer.typeset import LatexPrinter
from tracer.typeset.latex import escape
from tracer.typeset.tikz import tikz


def render(job: Job) -> str:
    """The page as LaTeX. Raises InputError where a number is too long for a line."""
    printer = LatexPrinter(job.solved.symbols, WIDTH)
    target = paper(job, printer, escape, lambda f: f"${f}$", lines=36, tall=r"\frac{")
    target = replace(target, draw=lambda drawing: figure(drawing, printer))
    return fill("latex.tex", job, target)


def figure(drawing: Drawing, printer: LatexPrinter) -> str:
    """A picture, no wider than the text; TikZ loads what scales it."""
    picture, size = tikz(drawing, printer), scale(drawing)
    return picture if size == 1 else rf"\scalebox{{{size:g}}}{{{picture}}}"

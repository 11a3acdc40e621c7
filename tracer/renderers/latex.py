"""LaTeX: an article for pdflatex or lualatex, or its body alone."""

from __future__ import annotations

from dataclasses import replace

from tracer.renderers import Job
from tracer.renderers.document import fill
from tracer.renderers.paper import WIDTH, paper
from tracer.typeset import LatexPrinter
from tracer.typeset.latex import escape
from tracer.typeset.tikz import tikz


def render(job: Job) -> str:
    """The page as LaTeX. Raises InputError where a number is too long for a line."""
    printer = LatexPrinter(job.solved.symbols, WIDTH)
    target = paper(job, printer, escape, lambda f: f"${f}$", lines=36, tall=r"\frac{")
    target = replace(target, draw=lambda drawing: tikz(drawing, printer))
    return fill("latex.tex", job, target)

"""LaTeX: an article for pdflatex or lualatex, or its body alone."""

from __future__ import annotations

from tracer.renderers import Job
from tracer.renderers.document import Target, fill
from tracer.typeset import LatexPrinter
from tracer.typeset.latex import escape

# the text width of the article in points: A4 with 2 cm on either side, and a little to spare
_WIDTH = 468.0


def render(job: Job) -> str:
    """The page as LaTeX."""
    target = Target(
        LatexPrinter(job.solved.symbols, _WIDTH),
        escape,
        lambda formula: f"${formula}$",
        cell_width=112.0,
        table_width=_WIDTH,
        column_gap=12.0,
        lines=36,
    )
    return fill("latex.tex", job, target)

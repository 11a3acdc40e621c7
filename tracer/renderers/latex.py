"""LaTeX: an article for pdflatex or lualatex, or its body alone."""

from __future__ import annotations

from tracer.errors import Fault, InputError
from tracer.renderers import Job
from tracer.renderers.document import Target, fill
from tracer.typeset import LatexPrinter
from tracer.typeset.latex import escape

# the text width of the article in points: A4 with 2 cm on either side, and a little to spare
_WIDTH = 468.0
# a number is not broken, and has to fit beside what it is multiplied by
_LONGEST_NUMBER = 60


def render(job: Job) -> str:
    """The page as LaTeX. Raises InputError where a number is too long for a line."""
    for name, value in job.solved.values.items():
        if len(value.number.text) > _LONGEST_NUMBER:
            is_exact = job.solved.problem.numbers.policy == "exact"
            advice = "; the policy display rounds it" if is_exact else ""
            length = f"written in full it has {len(value.number.text):,} characters"
            raise InputError(Fault(name, f"{length}, more than a line has room for{advice}"))
    target = Target(
        LatexPrinter(job.solved.symbols, _WIDTH),
        escape,
        lambda formula: f"${formula}$",
        cell_width=112.0,
        table_width=_WIDTH,
        column_gap=12.0,
        lines=36,
        letter=4.8,
        tall=r"\frac{",
    )
    return fill("latex.tex", job, target)

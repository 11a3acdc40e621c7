"""HTML: one file with nothing to load and no scripts; formulas are MathML of our own."""

from __future__ import annotations

from html import escape
from itertools import count

from tracer.renderers import Job
from tracer.renderers.document import Target, fill
from tracer.renderers.paper import WIDTH
from tracer.typeset import MathmlPrinter
from tracer.typeset.svg import style, svg


def words(text: str) -> str:
    """Text in which nothing is markup, and no sign turns round or hides what stands beside it."""
    return escape("".join(c if c.isprintable() else " " for c in text))


def render(job: Job) -> str:
    """The page as HTML."""
    # lines as on paper: page.html has room for them
    symbols, number = job.solved.symbols, count(1)
    target = Target(
        MathmlPrinter(symbols, WIDTH),
        words,
        lambda formula: f"<math>{formula}</math>",
        cell_width=112.0,
        table_width=WIDTH,
        column_gap=12.0,
        letter=4.8,
        draw=lambda drawing: svg(drawing, symbols, f"drawing-{next(number)}", alone=False),
    )
    return fill("page.html", job, target, drawing_style=style())

"""One picture in TikZ, to be input into a document that loads tikz and amsmath."""

from __future__ import annotations

from tracer.renderers import Job
from tracer.renderers.svg import drawn
from tracer.typeset import LatexPrinter
from tracer.typeset.tikz import tikz


def render(job: Job) -> str:
    """The picture. Raises InputError where no picture is of what is asked."""
    return tikz(drawn(job), LatexPrinter(job.solved.symbols, 0.0)) + "\n"

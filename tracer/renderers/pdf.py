"""PDF of the page: set from Typst without TeX, or from LaTeX by an engine that is asked for."""

from __future__ import annotations

from tracer.renderers import Job, latex, typst
from tracer.renderers.engines import Source, pdf


def render(job: Job) -> bytes:
    """The page as PDF. Raises InputError where the engine is missing or refuses."""
    return pdf(job, Source(typst.render, "page.typ"), Source(latex.render, "latex.tex"))

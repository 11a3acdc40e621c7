"""PDF of the slides: set from Typst without TeX, or from beamer by an engine that is asked for."""

from __future__ import annotations

from tracer.renderers import Job, beamer, typst_slides
from tracer.renderers.engines import Source, pdf


def render(job: Job) -> bytes:
    """The slides as PDF. Raises InputError where the engine is missing or refuses."""
    return pdf(job, Source(typst_slides.render, "slides.typ"), Source(beamer.render, "beamer.tex"))

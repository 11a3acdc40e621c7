"""Slides in Typst 0.15: pages of 16:9 that compile as they are, or their bodies alone."""

from __future__ import annotations

from tracer.renderers import Job
from tracer.renderers.document import fill
from tracer.renderers.frames import frames, slide
from tracer.renderers.slide_items import Tall
from tracer.renderers.typst import figure
from tracer.typeset import TypstPrinter
from tracer.typeset.typst import escape, quote

TALL = Tall("frac(", ("∑_",), "mat(", ";", comma=r"\;")


def render(job: Job) -> str:
    """The page as slides. Raises InputError where a number is too long for a line."""
    target = slide(job, TypstPrinter, escape, figure, TALL)
    found = list(frames(job.page, target, TALL))
    return fill("slides.typ", job, target, frames=found, quoted=quote(job.page.title))

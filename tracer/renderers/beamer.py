"""Slides for LaTeX's beamer: frames of 16:9, or their bodies alone."""

from __future__ import annotations

from tracer.blocks import Figure
from tracer.renderers import Job
from tracer.renderers.document import fill
from tracer.renderers.frames import frames, slide
from tracer.renderers.slide_items import Tall
from tracer.typeset import LatexPrinter
from tracer.typeset.latex import escape
from tracer.typeset.tikz import tikz

TALL = Tall(r"\frac{", (r"\sum_",), r"\begin{pmatrix}", r"\\")


def render(job: Job) -> str:
    """The page as slides. Raises InputError where a number is too long for a line."""
    target = slide(job, LatexPrinter, escape, tikz, TALL)
    found = list(frames(job.page, target, TALL))
    has_pictures = any(isinstance(block, Figure) for block in job.page.blocks)
    return fill("beamer.tex", job, target, frames=found, has_pictures=has_pictures)

"""Slides for LaTeX's beamer: frames of 16:9, or their bodies alone."""

from __future__ import annotations

from dataclasses import replace

from tracer.renderers import Job
from tracer.renderers.document import fill
from tracer.renderers.frames import WIDTH, Tall, frames, slide
from tracer.typeset import LatexPrinter
from tracer.typeset.latex import escape
from tracer.typeset.tikz import tikz

TALL = Tall(r"\frac{", (r"\sum_",), r"\begin{pmatrix}", r"\\")


def render(job: Job) -> str:
    """The page as slides. Raises InputError where a number is too long for a line."""
    printer = LatexPrinter(job.solved.symbols, WIDTH)
    target = slide(job, LatexPrinter, escape, TALL)
    target = replace(target, draw=lambda drawing: tikz(drawing, printer))
    return fill("beamer.tex", job, target, frames=list(frames(job.page, target, TALL)))

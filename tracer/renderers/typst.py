"""Typst 0.15: a document that compiles as it is, or its body alone."""

from __future__ import annotations

from dataclasses import replace

from tracer.drawing import Drawing
from tracer.renderers import Job
from tracer.renderers.document import fill
from tracer.renderers.paper import WIDTH, paper, scale
from tracer.typeset import TypstPrinter
from tracer.typeset.typst import escape, quote
from tracer.typeset.typst_drawing import typst


def render(job: Job) -> str:
    """The page as Typst. Raises InputError where a number is too long for a line."""
    printer = TypstPrinter(job.solved.symbols, WIDTH)
    target = paper(job, printer, escape, lambda f: f"${f}$", tall="frac(")
    target = replace(target, draw=lambda drawing: figure(drawing, printer, scale(drawing)))
    return fill("page.typ", job, target, quoted=quote(job.page.title))


def figure(drawing: Drawing, printer: TypstPrinter, size: float = 1.0) -> str:
    """A picture with what it shows in words, as markup."""
    picture = typst(drawing, printer)
    if size != 1:
        picture = f"scale({100 * size:g}%, reflow: true, {picture})"
    return f"#figure(alt: {quote(drawing.description)}, {picture})"

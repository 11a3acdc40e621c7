"""Typst 0.15: a document that compiles as it is, or its body alone."""

from __future__ import annotations

from dataclasses import replace

from tracer.drawing import Drawing
from tracer.renderers import Job
from tracer.renderers.document import fill
from tracer.renderers.paper import WIDTH, paper
from tracer.typeset import TypstPrinter
from tracer.typeset.typst import escape, quote
from tracer.typeset.typst_drawing import typst


def render(job: Job) -> str:
    """The page as Typst. Raises InputError where a number is too long for a line."""
    printer = TypstPrinter(job.solved.symbols, WIDTH)
    target = paper(job, printer, escape, lambda f: f"${f}$", tall="frac(")
    target = replace(target, draw=lambda drawing: figure(drawing, printer))
    return fill("page.typ", job, target, quoted=quote(job.page.title))


def figure(drawing: Drawing, printer: TypstPrinter) -> str:
    """A picture with what it shows in words, as markup."""
    return f"#figure(alt: {quote(drawing.description)}, {typst(drawing, printer)})"

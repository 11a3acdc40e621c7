"""Typst 0.15: a document that compiles as it is, or its body alone."""

from __future__ import annotations

from tracer.renderers import Job
from tracer.renderers.document import fill
from tracer.renderers.paper import WIDTH, paper
from tracer.typeset import TypstPrinter
from tracer.typeset.typst import escape, quote


def render(job: Job) -> str:
    """The page as Typst. Raises InputError where a number is too long for a line."""
    printer = TypstPrinter(job.solved.symbols, WIDTH)
    target = paper(job, printer, escape, lambda f: f"${f}$", tall="frac(")
    return fill("page.typ", job, target, quoted=quote(job.page.title))

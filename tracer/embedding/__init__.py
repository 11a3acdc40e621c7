"""Solutions inside other documents: what all docs builds share.

`options` reads what a document asks for, `solver` solves each problem once, `portable` writes
blocks as plain data with LaTeX formulas, `cache` keeps that data by content. A Sphinx directive, a
formatter of MkDocs and a plug-in of MyST put it where it belongs, and do no more.
"""

from tracer.embedding.cache import Cache
from tracer.embedding.options import OPTIONS, Request, parse
from tracer.embedding.solver import Solver

__all__ = ["OPTIONS", "Cache", "Request", "Solver", "parse"]

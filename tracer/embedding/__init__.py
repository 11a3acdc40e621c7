"""Solutions inside other documents: what all docs builds share.

`options` reads what a document asks for, `solver` solves each problem once, `portable` writes
blocks as plain data with LaTeX formulas, `cache` keeps that data by content. A Sphinx directive, a
formatter of MkDocs and a plug-in of MyST put it where it belongs, and do no more.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tracer.embedding.cache import Cache
    from tracer.embedding.options import OPTIONS, Request, parse
    from tracer.embedding.solver import Solver

__all__ = ["OPTIONS", "Cache", "Request", "Solver", "parse"]

# imported when first used: what the cache knows needs no SymPy
_HOMES = {
    "Cache": "cache",
    "OPTIONS": "options",
    "Request": "options",
    "Solver": "solver",
    "parse": "options",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"tracer.embedding.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

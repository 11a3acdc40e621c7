"""Symbols that a page needs beside those of its notation: of deltas, and of new values."""

from __future__ import annotations

from dataclasses import replace

from tracer.glyph import Pattern
from tracer.notation import Notation
from tracer.problem import Problem
from tracer.symbols import clash

_NEW = Pattern("", (), ("+",))


def with_symbols(problem: Problem) -> Problem:
    """The problem with a symbol for deltas and a mark of new values, where its page needs them.

    Where the notation has its own they stay; where a new one would be another's, or the
    book's own is minus the derivative, there is none.
    """
    own, parts = problem.notation, problem.page.parts
    if "deltas" in parts and own.delta is None and not own.is_delta_negated:
        problem = _unless_taken(problem, replace(own, delta=replace(own.pre, base="δ")))
    if "updates" in parts and own.updated is None:
        problem = _unless_taken(problem, replace(problem.notation, updated=_NEW))
    return problem


def _unless_taken(problem: Problem, notation: Notation) -> Problem:
    changed = replace(problem, notation=notation)
    return problem if clash(changed.symbols) else changed

"""Solve each problem once, whatever parts of it a site shows."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from tracer.api import Solution, same_numbers, solve
from tracer.embedding.options import Request, changing, solving
from tracer.errors import TracerError
from tracer.loading import with_changes
from tracer.problem import AnyProblem

# problems that are kept; a site shows them in some order, and few are far apart
_MOST_KEPT = 100


class Solver:
    """Solutions of problems. What a problem's first solution has is not worked out again."""

    def __init__(self) -> None:
        self._known: list[Solution] = []

    def solve(self, problem: AnyProblem, request: Request) -> Solution:
        """The part of the solution that a request asks for.

        Raises InputError or NotSupported.
        """
        problem = with_changes(problem, **changing(request))
        known = self._of(problem)
        options = solving(request)
        if known is None and options != solving(Request()):
            with suppress(TracerError):  # the whole page may have a fault that its part has not
                known = solve(problem)
        found = solve(problem, **options, views=request.views, known=known)
        self._keep(found, known)
        return found.excerpt(request.part)

    def _of(self, problem: AnyProblem) -> Solution | None:
        alike = (s for s in self._known if same_numbers(s.solved.problem, problem))
        return next(alike, None)

    def _keep(self, found: Solution, known: Solution | None) -> None:
        """The latest first, with the values of both."""
        self._known = [s for s in self._known if s is not known][: _MOST_KEPT - 1]
        if known is not None:
            one, other = known.solved, found.solved
            values = {**one.values, **other.values}
            workings = {**one.workings, **other.workings}
            found = replace(found, solved=replace(other, values=values, workings=workings))
        self._known.insert(0, found)

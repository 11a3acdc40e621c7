"""Solve each problem once, whatever parts of it a site shows."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from tracer.api import Solution, solve
from tracer.embedding.given import Given
from tracer.embedding.options import Request, changing, solving
from tracer.errors import InputError, TracerError
from tracer.excerpts import Part
from tracer.loading import load, with_changes
from tracer.problem import AnyProblem
from tracer.reading import resolve
from tracer.solving import same_numbers
from tracer.source import from_text

# problems that are kept; a site shows them in some order, and few are far apart
_MOST_KEPT = 100


def loaded(given: Given) -> AnyProblem:
    """The problem that a document names. Raises InputError or NotSupported."""
    return load(from_text(given.text, given.name))


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
        return found.excerpt(_by_ids(request.part, found))

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


def _by_ids(part: Part, solution: Solution) -> Part:
    """The part with the ids of its diagrams, however a document spells them."""
    if not part.diagrams:
        return part
    return replace(part, diagrams=tuple(_id(name, solution) for name in part.diagrams))


def _id(name: str, solution: Solution) -> str:
    try:
        (found,) = resolve([name], solution.solved.trace.index, solution.solved.problem)
    except InputError:
        return name  # the page says which diagrams there are
    return found

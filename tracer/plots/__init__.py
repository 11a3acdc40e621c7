"""Plots of a solution, made of the primitives of `tracer.drawing`, so alike in every format.

The curves are the trace's own rules in floats (`running`); the numbers that are written beside them
are those that the page prints.
"""

from __future__ import annotations

from collections.abc import Iterator

from tracer import ids
from tracer.plots import losses, outputs, quantities
from tracer.plots.axes import stacked
from tracer.plots.plot import Numbers, Plot
from tracer.problem import Problem
from tracer.solved import Solved, Worked
from tracer.solved_graph import SolvedGraph
from tracer.values import evaluate

__all__ = ("Plot", "plots", "stacked", "why_none")


def plots(s: Worked) -> tuple[Plot, ...]:
    """All plots of a solution; none where `why_none` says why.

    Raises InputError where a step has no value.
    """
    return () if why_none(s) else tuple(_plots(s))


def why_none(s: Worked) -> str:
    """Why a solution has no plots, or "" where it has some."""
    problem = s.problem
    if isinstance(problem, Problem) and not problem.has_data:
        return "there is nothing to draw without data"
    if isinstance(problem, Problem) and not problem.steps and problem.sizes[0] > 2:
        inputs = problem.sizes[0]
        return (
            f"there is nothing to draw: without steps there is no loss over steps, and {inputs} "
            "inputs make no plane"
        )
    return ""


def _plots(s: Worked) -> Iterator[Plot]:
    numbers = _numbers(s)
    found: list[Plot | None] = []
    if s.problem.steps and s.trace.graph.output in s.trace.index:
        found.append((losses.along_step if s.problem.steps == 1 else losses.over_steps)(s, numbers))
    if isinstance(s, SolvedGraph):
        found.append(quantities.plot(s, numbers))
    else:
        assert isinstance(s, Solved)
        found += outputs.plots(s, numbers)
    yield from (plot for plot in found if plot is not None)


def _numbers(s: Worked) -> Numbers:
    """The printed values that plots state: those of the page, worked out where it has none."""
    last = max(s.problem.printed_steps, default=0)
    names = list(dict.fromkeys(_stated(s, last)))
    values = s.values
    if not values.keys() >= set(names):
        values = {**values, **evaluate(s.trace, s.problem, names)}
    return Numbers(values, s, last)


def _stated(s: Worked, last: int) -> Iterator[str]:
    for state in dict.fromkeys((0, last)):
        if s.trace.graph.output in s.trace.index:
            yield s.trace.at_step(s.trace.graph.output, state)
        if isinstance(s, SolvedGraph):
            yield from (s.trace.at_step(name, state) for name in quantities.shown(s))
            continue
        assert isinstance(s, Solved)
        layer = len(s.problem.sizes) - 1
        for k in range(1, s.problem.sizes[-1] + 1):
            for n in s.samples:
                yield s.trace.at_step(ids.at(ids.output(layer, k), n), state)

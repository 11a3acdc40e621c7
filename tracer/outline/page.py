"""The page of any problem, and the ids whose values it prints."""

from __future__ import annotations

from collections.abc import Sequence

from tracer import ids
from tracer.blocks import Page
from tracer.graph_problem import GraphProblem
from tracer.outline import graph, graph_needed, network, network_needed
from tracer.outline.logarithms import with_note
from tracer.problem import AnyProblem
from tracer.solved import Solved, Worked
from tracer.solved_graph import SolvedGraph
from tracer.stable import is_stable
from tracer.trace import Trace


def page(s: Worked) -> Page:
    """The whole solution."""
    if isinstance(s, SolvedGraph):
        return with_note(graph.page(s))
    assert isinstance(s, Solved)
    return with_note(network.page(s))


def derivation_page(s: Worked, names: Sequence[str]) -> Page:
    """The derivations of some quantities and nothing else, but for what would mislead."""
    if isinstance(s, SolvedGraph):
        return with_note(graph.derivation_page(s, names))
    assert isinstance(s, Solved)
    return with_note(network.derivation_page(s, names))


def needed(problem: AnyProblem, trace: Trace, asked: Sequence[str]) -> list[str]:
    """The ids, with steps, whose values the page of ``asked`` prints; of everything if empty."""
    if isinstance(problem, GraphProblem):
        if asked:
            return graph_needed.needed_for(trace, asked)
        return graph_needed.needed(problem, trace)
    if asked:
        return network_needed.needed_for(trace, asked)
    return network_needed.needed(problem, trace)


def needed_in_symbols(trace: Trace, worked: Sequence[str]) -> list[str]:
    """The same of a page without numbers, but for the derivations of what is ``worked`` on it.

    Of what is given it may say which numbers are equal.
    """
    given = [q.id for q in trace.graph.quantities if not q.terms and q.id != ids.LEARNING_RATE]
    return list(dict.fromkeys((*given, *network_needed.needed_for(trace, worked))))


def skipped(problem: AnyProblem, wanted: Sequence[str], asked: Sequence[str]) -> frozenset[str]:
    """Those of ``wanted`` whose values no line needs: by an output where the loss is stable."""
    if isinstance(problem, GraphProblem) or not is_stable(problem):
        return frozenset()
    start = ids.partial(ids.LOSS, f"l{len(problem.layers)}[")
    found = (name for name in wanted if ids.split_step(name)[1].startswith(start))
    return frozenset(found).difference(asked)


def workings_needed(problem: AnyProblem, trace: Trace) -> list[str]:
    """The ids of what `tracer.workings` adds to the trace for the tables of the page."""
    if isinstance(problem, GraphProblem):
        return graph_needed.workings_needed(problem, trace)
    return network_needed.workings_needed(problem, trace)

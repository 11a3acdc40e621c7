"""The pictures of any problem; None where one would be too large to be read."""

from __future__ import annotations

from tracer.diagrams import graph, network
from tracer.drawing import Drawing
from tracer.solved import Solved, Worked
from tracer.solved_graph import SolvedGraph


def overview(s: Worked) -> Drawing | None:
    """The whole network or graph."""
    if isinstance(s, SolvedGraph):
        return graph.overview(s)
    assert isinstance(s, Solved)
    return network.overview(s)


def path(s: Worked, name: str) -> Drawing | None:
    """The ways from a quantity to the loss, with the local derivative on each edge."""
    if isinstance(s, SolvedGraph):
        return graph.path(s, name)
    assert isinstance(s, Solved)
    return network.path(s, name)

"""The pictures of any problem; None where one would be too large to be read."""

from __future__ import annotations

from tracer.diagrams import network
from tracer.drawing import Drawing
from tracer.solved import Solved, Worked


def overview(s: Worked) -> Drawing | None:
    """The whole network or graph."""
    return network.overview(s) if isinstance(s, Solved) else None


def path(s: Worked, name: str) -> Drawing | None:
    """The ways from a quantity to the loss, with the local derivative on each edge."""
    return network.path(s, name) if isinstance(s, Solved) else None

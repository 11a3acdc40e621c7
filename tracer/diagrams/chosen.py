"""The picture that a name stands for."""

from __future__ import annotations

from tracer import ids
from tracer.diagrams.pictures import overview, path
from tracer.drawing import Drawing
from tracer.solved import Worked


def drawing(s: Worked, name: str = "") -> Drawing | None:
    """Of a gradient by its id the ways to the loss, of "" the whole; None where there is none."""
    if not name:
        return overview(s)
    wrt = by_what(s, name)
    return None if wrt is None else path(s, wrt)


def by_what(s: Worked, name: str) -> str | None:
    """By which parameter a quantity is the gradient, or None where it is none."""
    start = ids.partial(s.trace.graph.output, "")
    base = ids.split_step(name)[1]
    wrt = base.removeprefix(start)
    return wrt if wrt != base and wrt in s.trace.graph.parameters else None

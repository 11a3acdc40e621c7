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
    start = ids.partial(s.trace.graph.output, "")
    base = ids.split_step(name)[1]
    wrt = base.removeprefix(start)
    if wrt == base or wrt not in s.trace.graph.parameters:
        return None
    return path(s, wrt)

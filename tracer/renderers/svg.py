"""One picture as SVG: the whole, or of a gradient the way to the loss."""

from __future__ import annotations

from tracer import ids
from tracer.blocks import Figure
from tracer.diagrams.chosen import by_what, drawing
from tracer.drawing import Drawing
from tracer.errors import Fault, InputError, NotSupported
from tracer.plots import stacked
from tracer.renderers import Job
from tracer.typeset.svg import svg

_LARGE = "it would be too large to be read; one has at most nine columns of eight rows"


def render(job: Job) -> str:
    """The picture as a file of its own. Raises InputError where no picture is of what is asked."""
    return svg(drawn(job), job.solved.symbols)


def drawn(job: Job) -> Drawing:
    """The picture that a job asks for.

    Raises InputError where that is none, NotSupported where it would be too large.
    """
    if plots := [b.drawing for b in job.page.blocks if isinstance(b, Figure) and b.plot]:
        return stacked(plots)
    if not job.ids:
        whole = drawing(job.solved)
        if whole is None:
            raise NotSupported(f"there is no picture of this problem: {_LARGE}")
        return whole
    if len(job.ids) > 1:
        raise InputError(Fault("only", "is for one gradient; a picture is of one", argument=True))
    (name,) = job.ids
    if by_what(job.solved, name) is None:
        graph = job.solved.trace.graph
        example = ids.partial(graph.output, graph.parameters[0])
        message = f"{name} has no picture; gradients such as {example} have"
        raise InputError(Fault("only", message, argument=True))
    way = drawing(job.solved, name)
    if way is None:
        raise NotSupported(f"there is no picture of {name}: {_LARGE}")
    return way

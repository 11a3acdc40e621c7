"""Pictures put into a page: the whole at its head, a way to the loss before each gradient."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tracer import ids
from tracer.blocks import Block, Display, Figure, Heading, Page
from tracer.diagrams.pictures import overview, path
from tracer.solved import Worked

# a page with more gradients has a picture of the whole alone: a picture each would bury the lines
MOST_PATHS = 24


def with_pictures(s: Worked, page: Page) -> Page:
    """The page with its pictures, where it is to have them."""
    if not s.shows("diagrams"):
        return page
    return replace(page, blocks=tuple(_blocks(s, page)))


def _blocks(s: Worked, page: Page) -> Iterator[Block]:
    has_head, drawn = False, set[str]()
    wanted = [b.id for b in page.blocks if isinstance(b, Display) and _wrt(s, b.id) is not None]
    for block in page.blocks:
        name = _wrt(s, block.id) if isinstance(block, Display) else None
        if isinstance(block, Display) and name is not None and len(wanted) <= MOST_PATHS:
            drawing = path(s, name) if block.id not in drawn else None
            drawn.add(block.id)
            if drawing is not None:
                yield Figure(drawing, block.id)
        yield block
        if isinstance(block, Heading) and not has_head:
            has_head = True
            drawing = overview(s)
            if drawing is not None:
                yield Figure(drawing)


def _wrt(s: Worked, name: str) -> str | None:
    """By what a quantity is the gradient, or None where it is none."""
    output = s.trace.graph.output
    start = ids.partial(output, "")
    base = ids.split_step(name)[1]
    wrt = base.removeprefix(start)
    if wrt == base or wrt not in s.trace.graph.parameters:
        return None
    return wrt

"""Pictures put into a page: the whole at its head, a way to the loss before each gradient."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tracer.blocks import Block, Display, Figure, Heading, Page
from tracer.diagrams.chosen import by_what
from tracer.diagrams.pictures import overview, path
from tracer.solved import Worked

# a page whose gradients have pictures of more points in height altogether, which is eight pages of
# paper, has that of the whole alone: they would bury the lines
MOST_HEIGHT = 6000.0


def with_pictures(s: Worked, page: Page) -> Page:
    """The page with its pictures."""
    return replace(page, blocks=tuple(_blocks(s, page)))


def _blocks(s: Worked, page: Page) -> Iterator[Block]:
    whole = overview(s)
    own = {b.id: by_what(s, b.id) for b in page.blocks if isinstance(b, Display)}
    count = sum(name is not None for name in own.values())
    has_paths = whole is not None and count * whole.height <= MOST_HEIGHT
    for block in page.blocks:
        if isinstance(block, Display) and has_paths:
            # a quantity that is derived twice has its picture at the first
            name = own.pop(block.id, None)
            drawing = path(s, name) if name is not None else None
            if drawing is not None:
                yield Figure(drawing, block.id)
        yield block
        if isinstance(block, Heading) and whole is not None:
            yield Figure(whole)
            whole = None

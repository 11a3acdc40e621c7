"""Plots put into a page, and a page of plots alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tracer.blocks import Block, Figure, Heading, Page, Paragraph
from tracer.errors import Fault, InputError
from tracer.plots import plots, why_none
from tracer.solved import Worked

TITLE = "Plots"
# plots are of the solution: what is asked of the reader after it comes behind them
_AFTER = ("Check", "Practice")


def with_plots(s: Worked, page: Page) -> Page:
    """The page with its plots before its closing parts, where there are any."""
    found = tuple(_blocks(s))
    if not found:
        return page
    blocks = page.blocks
    end = len(blocks)
    while end and isinstance(blocks[end - 1], Paragraph):
        end -= 1
    titles = {n: b.text for n, b in enumerate(blocks) if isinstance(b, Heading)}
    end = min((n for n, title in titles.items() if title.startswith(_AFTER)), default=end)
    return replace(page, blocks=(*blocks[:end], Heading(TITLE), *found, *blocks[end:]))


def plots_page(s: Worked) -> Page:
    """The plots alone. Raises InputError where there are none."""
    if reason := why_none(s):
        raise InputError(Fault("plot", reason, argument=True))
    found = tuple(_blocks(s))
    if not found:
        message = "there is nothing to draw: the outputs have no value at some inputs"
        raise InputError(Fault("plot", message, argument=True))
    return Page(s.problem.title, found)


def _blocks(s: Worked) -> Iterator[Block]:
    for plot in plots(s):
        yield Paragraph(plot.words)
        yield Figure(plot.drawing, plot=True)

"""A page in pieces that can be shown one by one: its sections, and the derivations in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tracer.blocks import Block, Display, Figure, Heading, Table


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under a heading, without it; what comes before the first has the title "".

    ``name`` tells it from others: "Gradients", or if that comes twice "Gradients (2)".
    """

    title: str
    name: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Derived:
    """The derivation of a derivative: the words that lead to it, its picture, and itself.

    Tables that follow belong to it, and to the last of a section all that does.
    """

    id: str
    before: tuple[Block, ...]
    figure: Figure | None
    blocks: tuple[Block, ...]


def sections(blocks: Sequence[Block]) -> tuple[Section, ...]:
    """The sections of a page in order; together they have all of its blocks.

    >>> from tracer.blocks import Paragraph
    >>> words = Paragraph(("Given:",))
    >>> [section.name for section in sections([Heading("Loss"), words, Heading("Loss"), words])]
    ['Loss (1)', 'Loss (2)']
    """
    return tuple(_sections(blocks))


def _sections(blocks: Sequence[Block]) -> Iterator[Section]:
    starts = [place for place, block in enumerate(blocks) if isinstance(block, Heading)]
    first = starts[0] if starts else len(blocks)
    if first:
        yield Section("", "", tuple(blocks[:first]))
    titles = [block.text for block in blocks if isinstance(block, Heading)]
    stops = [*starts, len(blocks)][1:]
    for place, (title, start, stop) in enumerate(zip(titles, starts, stops, strict=True)):
        number = titles[: place + 1].count(title)
        name = f"{title} ({number})" if titles.count(title) > 1 else title
        yield Section(title, name, tuple(blocks[start + 1 : stop]))


def derived(blocks: Sequence[Block]) -> tuple[Derived, ...]:
    """The derivations of derivatives on a page, which have all that their sections have."""
    return tuple(own for section in sections(blocks) for own in _derived(section.blocks))


def _derived(blocks: Sequence[Block]) -> Iterator[Derived]:
    places = [place for place, block in enumerate(blocks) if _derives(block)]
    start = 0
    for place, following in zip(places, [*places, len(blocks)][1:], strict=True):
        is_last = following == len(blocks)
        stop = following if is_last else place + 1
        while stop < following and isinstance(blocks[stop], Table):
            stop += 1
        display = blocks[place]
        assert isinstance(display, Display)
        own = tuple(blocks[place:stop])
        before = tuple(blocks[start:place])
        start = stop
        if before and isinstance(before[-1], Figure) and before[-1].id == display.id:
            yield Derived(display.id, before[:-1], before[-1], own)
        else:
            yield Derived(display.id, before, None, own)


def _derives(block: Block) -> bool:
    return isinstance(block, Display) and "/d" in block.id

"""A page in pieces that can be shown one by one: its sections, and the derivations in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tracer.blocks import Block, Display, Figure, Heading, Table


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under a heading, without it; "" is the name of what comes before the first.

    ``name`` is the title, the second of the same title "Gradients (2)".
    """

    name: str
    title: str
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
    ['Loss', 'Loss (2)']
    """
    return tuple(_sections(blocks))


def _sections(blocks: Sequence[Block]) -> Iterator[Section]:
    starts = [place for place, block in enumerate(blocks) if isinstance(block, Heading)]
    first = starts[0] if starts else len(blocks)
    if first:
        yield Section("", "", tuple(blocks[:first]))
    counted: Counter[str] = Counter()
    for start, stop in zip(starts, [*starts, len(blocks)][1:], strict=True):
        heading = blocks[start]
        assert isinstance(heading, Heading)
        title = heading.text
        counted[title] += 1
        name = title if counted[title] == 1 else f"{title} ({counted[title]})"
        yield Section(name, title, tuple(blocks[start + 1 : stop]))


def derived(section: Section) -> tuple[Derived, ...]:
    """The derivations of derivatives in a section; if there are any they have all of its blocks."""
    return tuple(_derived(section.blocks))


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

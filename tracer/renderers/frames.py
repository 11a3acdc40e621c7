"""Slides: the blocks of a page in frames of one size, so that nothing on them is cut off.

A section's title is the title of its frames. A derivation with its picture has a frame of its own;
what is too high for one is parted between lines, rows or paragraphs. The frames of a section have
type of one size, the largest that needs hardly more of them than the smallest; their pictures are
as large as what is left allows, and those of derivations all alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil
from typing import Any, TypeVar

from tracer.blocks import Block, Display, Figure, Heading, Page, Paragraph, Rule, Subheading
from tracer.drawing import Drawing
from tracer.renderers import Job
from tracer.renderers.document import Target
from tracer.renderers.packing import Group, packed
from tracer.renderers.paper import paper
from tracer.renderers.slide_items import (
    CELLS,
    GAP,
    HEIGHT,
    LARGEST,
    WIDTH,
    Item,
    Room,
    Tall,
    beside,
    items,
    readable,
)
from tracer.typeset.points import PointPrinter

SIZES = (1.44, 1.2, 1.0)
"""How large type may be, in units of 10 pt."""
# larger type may take one frame more for so many
_MORE = 8
# how much of its frames a section uses at least: they are filled alike
_SHARES = (0.5, 0.6, 0.7, 0.8, 0.9)
_TITLE, _TITLE_LETTER = 16.0, 7.0
# a letter of running text at 10 pt
_LETTER = 4.6

_P = TypeVar("_P", bound=PointPrinter)


@dataclass(frozen=True, slots=True)
class Frame:
    """A slide: ``number`` of the ``count`` that have its title, and its blocks for a template.

    ``size`` is one of `SIZES`.
    """

    title: str
    number: int
    count: int
    size: float
    blocks: tuple[dict[str, Any], ...]


def slide(
    job: Job,
    printer: type[_P],
    words: Callable[[str], str],
    draw: Callable[[Drawing, _P], str],
    tall: Tall,
) -> Target:
    """A target of a slide's width. Raises InputError where a number is too long for a line."""
    own = printer(job.solved.symbols, WIDTH)
    target = paper(
        job,
        own,
        words,
        lambda formula: f"${formula}$",
        tall=tall.fraction,
        width=WIDTH,
        cell=CELLS[-1],
    )
    drawn: dict[int, str] = {}

    def once(drawing: Drawing) -> str:
        # each size of type is tried with the same pictures
        if id(drawing) not in drawn:
            drawn[id(drawing)] = draw(drawing, own)
        return drawn[id(drawing)]

    return replace(target, letter=_LETTER, draw=once)


def frames(page: Page, target: Target, tall: Tall) -> Iterator[Frame]:
    """The frames of a page, whose title stands before that of the first section."""
    for heading, section in _sections(page):
        lines = max(1, ceil(_TITLE_LETTER * len(heading) / WIDTH))
        room, found = _laid(section, Room(target, tall, height=HEIGHT - _TITLE * (lines - 1)))
        for number, on_frame in enumerate(found, 1):
            views = tuple(item.view for item in on_frame)
            yield Frame(target.words(heading), number, len(found), room.size, views)


def _sections(page: Page) -> Iterator[tuple[str, list[Block]]]:
    heading, section = page.title, list[Block]()
    for place, block in enumerate(page.blocks):
        if isinstance(block, Heading):
            if section:
                yield heading, section
            is_first = page.title and not place
            heading = f"{page.title}: {block.text}" if is_first else block.text
            section = []
        elif not isinstance(block, Rule):
            section.append(block)
    if section:
        yield heading, section


def _laid(blocks: Sequence[Block], plain: Room) -> tuple[Room, list[list[Item]]]:
    """A section's frames in the largest type that needs hardly more of them than the smallest."""
    room, groups = plain, _groups(blocks, plain)
    found = packed(groups, plain.height)
    most = len(found) + len(found) // _MORE
    for size in SIZES[:-1]:
        larger = plain.at(size, plain.height)
        if not all(readable(block, larger, plain) for block in blocks):
            continue
        tried = _groups(blocks, larger)
        tight = packed(tried, larger.height)
        if len(tight) <= most:
            room, groups, found = larger, tried, tight
            break
    for share in _SHARES:
        tight = packed(groups, share * room.height)
        if len(tight) == len(found):
            found = tight
            break
    return room, _grown(found, room)


def _grown(found: list[list[Item]], room: Room) -> list[list[Item]]:
    """Frames with pictures that take what is left; those of derivations are equally large."""
    scales = []
    for on_frame in found:
        drawn = sum(item.drawn[1] for item in on_frame) / room.size
        rest = sum(item.height for item in on_frame if not item.drawn[1])
        gaps = GAP * sum(1 for item in on_frame if item.drawn[1])
        scales.append((room.height - rest - gaps) / drawn if drawn else LARGEST)
    derived = [
        min(scale, WIDTH / item.drawn[0])
        for scale, on_frame in zip(scales, found, strict=True)
        for item in on_frame
        if item.drawn[1] and item.view["id"]
    ]
    alike = min(LARGEST, *derived, LARGEST)
    return [
        [
            item.scaled(alike if item.view["id"] else min(scale, LARGEST), room)
            if item.drawn[1]
            else item
            for item in on_frame
        ]
        for scale, on_frame in zip(scales, found, strict=True)
    ]


def _groups(blocks: Sequence[Block], room: Room) -> list[Group]:
    found = [Group([])]
    waiting: Figure | None = None
    for block, following in pairwise([*blocks, None]):
        assert block is not None
        if isinstance(block, Figure) and room.target.draw is None:
            continue
        group = found[-1]
        is_derived = isinstance(block, Display) and bool(block.id)
        is_text = isinstance(block, Paragraph) and not block.remark
        is_headed = isinstance(block, Subheading)
        begins = isinstance(block, Figure) and bool(block.id) and not group.headed
        begins = begins or (isinstance(following, Figure) and following.plot)
        if is_headed or (begins and not (group.items and group.items[-1].stays)):
            found.append(Group([], alone=is_headed, headed=is_headed))
        elif group.derives and (is_derived or is_text):
            found.append(Group([]))
        group = found[-1]
        if isinstance(block, Figure) and isinstance(following, Display):
            waiting = block
            group.alone = group.alone or bool(block.id)
            continue
        if waiting is not None and isinstance(block, Display):
            group.items += _pictured(waiting, block, room)
            group.headed, waiting = False, None
        else:
            group.items += items(block, room, stays=_introduces(block, following))
        group.derives = group.derives or is_derived
    return [group for group in found if group.items]


def _introduces(block: Block, following: Block | None) -> bool:
    if isinstance(block, Subheading):
        return following is not None
    if isinstance(following, Figure) and following.plot:
        return True
    if not isinstance(block, Paragraph) or block.remark or following is None:
        return False
    last = block.content[-1] if block.content else ""
    return isinstance(last, str) and last.rstrip().endswith(":")


def _pictured(figure: Figure, block: Display, room: Room) -> Iterator[Item]:
    """A derivation below its picture, or beside it where it is too high."""
    (picture,) = items(figure, room, stays=True)
    whole = list(items(block, room))
    if picture.height + sum(item.height for item in whole) > room.height:
        item = beside(figure, block, room)
        if item is not None:
            yield item
            return
        # where even a small one leaves too little room, the derivation goes on the next frame
        picture = replace(picture, stays=False)
    yield picture
    yield from whole

"""Slides: the blocks of a page in frames of one size, so that nothing on them is cut off.

A section's title is the title of its frames. A derivation with its picture has a frame of its own;
what is too high for one is parted between lines, rows or paragraphs. Heights are estimates of what
a line takes at most, as the printers' widths are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil, floor
from typing import Any, TypeVar

from tracer.blocks import (
    Block,
    Display,
    Figure,
    Heading,
    Inline,
    Page,
    Paragraph,
    Rule,
    Subheading,
    Table,
    Text,
)
from tracer.drawing import Drawing
from tracer.renderers import Job
from tracer.renderers.document import Target, inline_width, view
from tracer.renderers.paper import paper
from tracer.typeset.points import PointPrinter

# the room below a frame's title, in points, on a page of 16 cm by 9 cm at 10 pt
WIDTH, HEIGHT = 404.0, 213.0
GAP = 6.0
# how wide a cell of a table may be before it is set on several lines; the first with which the
# table is not parted between its columns
_CELLS = (WIDTH, 180.0, 140.0, 112.0, 96.0)
# from one line to the next: of running text, of a note, of formulas, of a table
_TEXT, _NOTE, _FORMULA, _ROW = 12.0, 11.0, 16.5, 13.8
# what aligned lines take above the first
_STRUT = 3.0
_TITLE, _TITLE_LETTER = 16.0, 7.0
# a picture is made so much smaller, but no more, to leave room for its derivation
_SMALLEST = 0.65
_BESIDE = 16.0
# so many short equations are set in two columns
_MANY = 8
# what a block's lines are called in its view
_LINES = {"display": "lines", "flow": "lines", "steps": "items", "table": "rows"}
# a paragraph is parted into pieces of so many lines where it is higher than a frame
_MOST_LINES = 8

_P = TypeVar("_P", bound=PointPrinter)


@dataclass(frozen=True, slots=True)
class Tall:
    """What makes a line high in a target: how its fractions, sums, matrices and their rows begin.

    ``comma`` is a sign that looks like the end of a row, and is none.
    """

    fraction: str
    sums: tuple[str, ...]
    matrix: str
    row: str
    comma: str = "\0"

    def line(self, text: str, plain: float) -> float:
        """The height of a line of formulas; ``plain`` where nothing in it is high."""
        height = plain
        if self.fraction in text:
            height = 31.0
        if any(sign in text for sign in self.sums):
            height = 33.0
        for matrix in text.split(self.matrix)[1:]:
            rows = matrix.replace(self.comma, "").count(self.row) + 1
            each = 18.0 if self.fraction in matrix else 13.0
            height = max(height, 8 + each * rows)
        return height


@dataclass(frozen=True, slots=True)
class Item:
    """A block as a template reads it, and how high its lines are; ``head`` is what all parts have.

    ``stays`` with what follows it. ``is_whole``: never parted.
    """

    view: dict[str, Any]
    lines: tuple[float, ...]
    head: float = 0.0
    stays: bool = False

    @property
    def height(self) -> float:
        """The height of the whole, with the gap above it."""
        return GAP + self.head + sum(self.lines)

    def part(self, start: int, end: int) -> Item:
        """The lines from ``start`` up to ``end``."""
        if (start, end) == (0, len(self.lines)):
            return self
        key = _LINES[self.view["kind"]]
        rest: dict[str, Any] = {key: self.view[key][start:end]}
        if key == "rows":
            rest["total"] = self.view["total"] and end == len(self.lines)
        elif key == "items":
            rest["first"] = self.view["first"] + start
        stays = self.stays and end == len(self.lines)
        return Item(self.view | rest, self.lines[start:end], self.head, stays)


@dataclass(frozen=True, slots=True)
class Frame:
    """A slide: ``number`` of the ``count`` that have its title, and its blocks for a template."""

    title: str
    number: int
    count: int
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
        cell=_CELLS[-1],
    )
    return replace(target, draw=lambda drawing: draw(drawing, own))


def frames(page: Page, target: Target, tall: Tall) -> Iterator[Frame]:
    """The frames of a page, whose title stands before that of the first section."""
    for heading, section in _sections(page):
        lines = max(1, ceil(_TITLE_LETTER * len(heading) / WIDTH))
        found = _packed(_groups(section, target, tall), HEIGHT - _TITLE * (lines - 1))
        for number, items in enumerate(found, 1):
            views = tuple(item.view for item in items)
            yield Frame(target.words(heading), number, len(found), views)


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


@dataclass(slots=True)
class _Group:
    """Items that belong together; ``alone``: on frames of their own."""

    items: list[Item]
    alone: bool = False
    derives: bool = False


def _groups(blocks: Sequence[Block], target: Target, tall: Tall) -> list[_Group]:
    found = [_Group([])]
    waiting: Figure | None = None
    for block, following in pairwise([*blocks, None]):
        assert block is not None
        if isinstance(block, Figure) and target.draw is None:
            continue
        is_derived = isinstance(block, Display) and bool(block.id)
        is_text = isinstance(block, Paragraph) and not block.remark
        begins = isinstance(block, Subheading) or (isinstance(block, Figure) and bool(block.id))
        begins = begins or (isinstance(following, Figure) and following.plot)
        if begins and not (found[-1].items and found[-1].items[-1].stays):
            found.append(_Group([], alone=isinstance(block, Subheading)))
        elif found[-1].derives and (is_derived or is_text):
            found.append(_Group([]))
        group = found[-1]
        if isinstance(block, Figure) and isinstance(following, Display):
            waiting, group.alone = block, bool(block.id)
            continue
        if waiting is not None and isinstance(block, Display):
            group.items += _pictured(waiting, block, target, tall)
            waiting = None
        else:
            group.items += _items(block, target, tall, stays=_introduces(block, following))
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


def _items(block: Block, target: Target, tall: Tall, *, stays: bool = False) -> Iterator[Item]:
    """A block as items: of a table that is split, and of a long paragraph, several."""
    if isinstance(block, Paragraph):
        for content in _parted(block.content, target):
            line = _NOTE if block.remark else _TEXT
            part = view(replace(block, content=content), target)
            wide = WIDTH * (_TEXT / line)  # notes are small
            height = _text_lines(content, target, wide) * tall_text(part["text"], line, tall)
            yield Item(part, (height,), stays=stays)
        return
    if isinstance(block, Figure):
        # a plot has its words above it
        yield _figure(block, target, HEIGHT - 3 * _TEXT if block.plot else HEIGHT)
        return
    found = _in_columns(block, target) if isinstance(block, Table) else view(block, target)
    match found["kind"]:
        case "subheading":
            yield Item(found, (tall_text(found["text"], _TEXT + 2, tall),), stays=stays)
        case "display" if columns := _two_columns(block, found, target, tall):
            yield from columns
        case "display":
            heights = (tall.line(f"{line.left}{line.right}", _FORMULA) for line in found["lines"])
            yield Item(found, tuple(heights), head=_STRUT)
        case "flow":
            heights = (tall.line("".join(line), _FORMULA) for line in found["lines"])
            yield Item(found, tuple(heights), head=_STRUT)
        case "steps":
            assert not isinstance(block, Heading | Subheading | Rule | Display | Figure)
            texts = getattr(block, "items", ())
            heights = (
                2.0 + _text_lines(text, target, WIDTH - 24) * tall_text(shown, _TEXT, tall)
                for text, shown in zip(texts, found["items"], strict=True)
            )
            yield Item(found | {"first": 1}, tuple(heights))
        case "table":
            for table in found["tables"]:
                yield _table(table, tall)


def _two_columns(block: Block, found: dict[str, Any], target: Target, tall: Tall) -> list[Item]:
    """Many short equations, which leave half of a frame empty, in two columns."""
    assert isinstance(block, Display)
    lines = found["lines"]
    if len(lines) < _MANY or len(lines) != len(block.equations):
        return []
    widest = max(target.printer.measure(equation) for equation in block.equations)
    if widest > (WIDTH - _BESIDE) / 2:
        return []
    heights = [tall.line(f"{line.left}{line.right}", _FORMULA) for line in lines]
    rows = floor((HEIGHT - GAP - _STRUT) / max(heights))
    items = []
    for start in range(0, len(lines), 2 * rows):
        end = min(start + 2 * rows, len(lines))
        half = start + ceil((end - start) / 2)
        columns = [
            {"kind": "display", "lines": lines[i:k]} for i, k in ((start, half), (half, end))
        ]
        height = max(sum(heights[start:half]), sum(heights[half:end]))
        items.append(Item({"kind": "columns", "columns": columns}, (height,), head=_STRUT))
    return items


def _in_columns(block: Table, target: Target) -> dict[str, Any]:
    found = (view(block, replace(target, cell_width=cell)) for cell in _CELLS)
    tried = []
    for table in found:
        if len(table["tables"]) == 1:
            return table
        tried.append(table)
    return min(tried, key=lambda table: len(table["tables"]))


def tall_text(text: str, line: float, tall: Tall) -> float:
    """From one line of running text to the next, where formulas may stand in it."""
    return max(
        line,
        17.0 if tall.fraction in text else line,
        tall.line(text, 0) if tall.matrix in text else 0,
    )


def _table(table: dict[str, Any], tall: Tall) -> Item:
    each = 25.0 if table["tall"] else _ROW
    rows = (
        max(
            sum(max(each, tall.line(line, 0) if tall.matrix in line else 0) for line in cell)
            for cell in row
        )
        for row in table["rows"]
    )
    has_fractions = any(tall.fraction in line for cell in table["head"] for line in cell)
    return Item({"kind": "table"} | table, tuple(rows), head=28.0 if has_fractions else 21.0)


def _text_lines(content: Text, target: Target, width: float) -> int:
    # a line ends where the next word does not fit
    return max(1, ceil(sum(inline_width(item, target) for item in content) / (width - 24)))


def _parted(content: Text, target: Target) -> Iterator[Text]:
    """Running text in pieces that are lower than a frame, parted between words."""
    if _text_lines(content, target, WIDTH) * _TEXT <= HEIGHT / 2:
        yield content
        return
    words: list[Inline] = []
    for item in content:
        words += [f"{word} " for word in item.split()] if isinstance(item, str) else [item]
    chosen: list[Inline] = []
    for word in words:
        if chosen and _text_lines((*chosen, word), target, WIDTH) > _MOST_LINES:
            yield tuple(chosen)
            chosen = []
        chosen.append(word)
    yield tuple(chosen)


def _figure(figure: Figure, target: Target, room: float) -> Item:
    """A picture, no larger than the room that it has."""
    drawing = figure.drawing
    scale = min(1.0, WIDTH / drawing.width, (room - GAP) / drawing.height)
    scale = floor(1000 * scale) / 1000
    return Item(view(figure, target) | {"scale": scale}, (scale * drawing.height,))


def _pictured(figure: Figure, block: Display, target: Target, tall: Tall) -> Iterator[Item]:
    """A derivation below its picture; beside it, or under a smaller one, where it is too high."""
    whole = list(_items(block, target, tall))
    room = HEIGHT - sum(item.height for item in whole)
    drawing = figure.drawing
    if drawing.height + GAP > room or drawing.width > WIDTH:
        narrow = copy(target.printer)
        narrow.width = WIDTH - drawing.width - _BESIDE
        if narrow.width >= WIDTH / 2 and drawing.height + GAP <= HEIGHT:
            item, *more = _items(block, replace(target, printer=narrow), tall)
            if not more and item.height <= HEIGHT and item.view["kind"] == "display":
                beside = {"kind": "beside", "figure": _figure(figure, target, HEIGHT).view}
                height = max(drawing.height, item.height - GAP)
                yield Item(beside | {"display": item.view}, (height,))
                return
    # where even a smaller one leaves too little room, the derivation goes on the next frame
    yield _figure(figure, target, room if room >= _SMALLEST * drawing.height else HEIGHT)
    yield from whole


def _packed(groups: Sequence[_Group], room: float) -> list[list[Item]]:
    """Groups in frames: each as full as it can be; those that stand alone begin a new one."""
    found: list[list[Item]] = []
    left, is_open = 0.0, False
    for group in groups:
        height = sum(item.height for item in group.items)
        is_short = height <= room or left < room / 3
        if not is_open or group.alone or (height > left and is_short):
            found.append([])
            left = room
        for run in _runs(group.items):
            left = _put(run, found, left, room)
        is_open = not group.alone
    return found


def _runs(items: Sequence[Item]) -> Iterator[list[Item]]:
    """What stays together: an introduction and what it introduces."""
    run: list[Item] = []
    for item in items:
        run.append(item)
        if not item.stays:
            yield run
            run = []
    if run:
        yield run


def _put(run: Sequence[Item], found: list[list[Item]], left: float, room: float) -> float:
    """Put items on the last frame, or on new ones where there is too little left; what is left."""
    height = sum(item.height for item in run)
    if height > left and (height <= room or left < room / 3):
        if found[-1]:
            found.append([])
        left = room
    for item in run:
        parts = _parts(item, left, room)
        for place, part in enumerate(parts):
            if found[-1] and (place or part.height > left):
                found.append([])
                left = room
            found[-1].append(part)
            left -= part.height
    return left


def _parts(item: Item, left: float, room: float) -> list[Item]:
    """An item in parts, the first of which fits what is left, the others a frame; all alike."""
    if item.height <= left or item.view["kind"] not in _LINES or len(item.lines) == 1:
        return [item]
    if item.head + GAP + item.lines[0] > left:
        left = room
    fewest = _cuts(item, left, room)
    for share in (0.5, 0.6, 0.7, 0.8, 0.9):
        cuts = _cuts(item, min(left, share * room), share * room)
        if len(cuts) == len(fewest):
            fewest = cuts
            break
    return [item.part(start, end) for start, end in pairwise((0, *fewest))]


def _cuts(item: Item, left: float, room: float) -> list[int]:
    """After which lines to part: before a new equation where one of the last lines begins one."""
    found: list[int] = []
    start = 0
    while start < len(item.lines):
        used, end = GAP + item.head, start
        while end < len(item.lines) and (end == start or used + item.lines[end] <= left):
            used += item.lines[end]
            end += 1
        if end < len(item.lines) and item.view["kind"] == "display":
            lines = item.view["lines"]
            begins = [i for i in range(start + 1, end + 1) if lines[i].left]
            whole = [i for i in range(start + 1, end + 1) if not lines[i].indent]
            half = (start + end) / 2
            end = next((c[-1] for c in (begins, whole) if c and c[-1] > half), end)
        found.append(end)
        start, left = end, room
    return found

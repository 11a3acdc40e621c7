"""The blocks of a page as items of slides: what a template reads, and how high each line is.

Heights are estimates of what a line takes at most, as the printers' widths are, for type of 10 pt.
A slide in larger type is a smaller slide that is magnified: `Room`.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, replace
from math import ceil, floor
from typing import Any

from tracer.blocks import (
    Block,
    Display,
    Figure,
    Flow,
    Inline,
    Paragraph,
    Steps,
    Table,
    Text,
)
from tracer.errors import NotSupported
from tracer.renderers.document import Target, inline_width, view
from tracer.typeset import fits

# the room below a frame's title, in points, on a page of 16 cm by 9 cm
WIDTH, HEIGHT = 404.0, 213.0
GAP = 6.0
_SPARE = 0.97
# how wide a cell of a table may be before it is set on several lines; the first with which the
# table is not parted between its columns
CELLS = (WIDTH, 180.0, 140.0, 112.0, 96.0)
# from one line to the next: of running text, of a note, of formulas, of a table
TEXT, _NOTE, _FORMULA, _ROW = 12.0, 11.0, 15.5, 13.8
# a line of text with a fraction in it
_FRACTION = 17.0
# what aligned lines take above the first
_STRUT = 3.0
# how much smaller or larger than it is drawn a picture is set
SMALLEST, LARGEST = 0.8, 1.5
_BESIDE = 16.0
# so many short equations are set in two columns
_MANY = 8
# what a block's lines are called in its view
LINES = {"display": "lines", "flow": "lines", "steps": "items", "table": "rows"}
# a paragraph is parted into pieces of so many lines where it is higher than a frame
_MOST_LINES = 8


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
            height = 29.0
        if any(sign in text for sign in self.sums):
            height = 33.0
        for matrix in text.split(self.matrix)[1:]:
            rows = matrix.replace(self.comma, "").count(self.row) + 1
            each = 18.0 if self.fraction in matrix else 13.0
            height = max(height, 8 + each * rows)
        return height

    def text(self, text: str, lines: int, plain: float = TEXT) -> float:
        """The height of ``lines`` of running text with formulas in it."""
        if self.matrix in text:
            return lines * max(plain, self.line(text, 0))
        high = min(lines, text.count(self.fraction))
        return high * _FRACTION + (lines - high) * plain


@dataclass(frozen=True, slots=True)
class Room:
    """A slide's room for type ``size`` times 10 pt, in lengths that are so many times larger."""

    target: Target
    tall: Tall
    size: float = 1.0
    height: float = HEIGHT

    @property
    def width(self) -> float:
        """How wide a line is."""
        return WIDTH / self.size

    def at(self, size: float, height: float) -> Room:
        """The room for type of another size."""
        printer = copy(self.target.printer)
        # estimated widths are a little too small for large matrices, and so magnified
        printer.width = _SPARE * WIDTH / size
        target = replace(self.target, printer=printer, table_width=printer.width)
        return Room(target, self.tall, size, height / size)


@dataclass(frozen=True, slots=True)
class Item:
    """A block as a template reads it, and how high its lines are; ``head`` is what all parts have.

    It ``stays`` with what follows it. ``drawn`` is the width and height of a picture, 0 for others.
    """

    view: dict[str, Any]
    lines: tuple[float, ...]
    head: float = 0.0
    stays: bool = False
    drawn: tuple[float, float] = (0.0, 0.0)

    @property
    def height(self) -> float:
        """The height of the whole, with the gap above it."""
        return GAP + self.head + sum(self.lines)

    def part(self, start: int, end: int) -> Item:
        """The lines from ``start`` up to ``end``."""
        if (start, end) == (0, len(self.lines)):
            return self
        key = LINES[self.view["kind"]]
        rest: dict[str, Any] = {key: self.view[key][start:end]}
        if key == "rows":
            rest["total"] = self.view["total"] and end == len(self.lines)
        elif key == "items":
            rest["first"] = self.view["first"] + start
        stays = self.stays and end == len(self.lines)
        return Item(self.view | rest, self.lines[start:end], self.head, stays)

    def scaled(self, scale: float, room: Room) -> Item:
        """A picture, so many times as large as it is drawn, no wider than the room."""
        width, height = self.drawn
        scale = floor(1000 * min(scale, WIDTH / width)) / 1000
        return replace(self, view=self.view | {"scale": scale}, lines=(scale * height / room.size,))


def items(block: Block, room: Room, *, stays: bool = False) -> Iterator[Item]:
    """A block as items: of a table that is split, and of a long paragraph, several."""
    target, tall = room.target, room.tall
    if isinstance(block, Paragraph):
        line = _NOTE if block.remark else TEXT
        wide = room.width * (TEXT / line)  # notes are small
        for content in _parted(block.content, room):
            part = view(replace(block, content=content), target)
            height = tall.text(part["text"], _text_lines(content, target, wide), line)
            yield Item(part, (height,), stays=stays)
        return
    if isinstance(block, Figure):
        # a plot has its words above it
        drawn = block.drawing.width, block.drawing.height
        high = room.height * room.size - GAP - (3 * TEXT if block.plot else 0.0)
        scale = min(SMALLEST, high / block.drawing.height)
        yield Item(view(block, target), (), stays=stays, drawn=drawn).scaled(scale, room)
        return
    found = _in_columns(block, target) if isinstance(block, Table) else view(block, target)
    match found["kind"]:
        case "subheading":
            yield Item(found, (tall.text(found["text"], 1, TEXT + 2),), stays=stays)
        case "display" if columns := _two_columns(block, found, room):
            yield from columns
        case "display":
            heights = (tall.line(f"{line.left}{line.right}", _FORMULA) for line in found["lines"])
            yield Item(found, tuple(heights), head=_STRUT, stays=stays)
        case "flow":
            heights = (tall.line("".join(line), _FORMULA) for line in found["lines"])
            yield Item(found, tuple(heights), head=_STRUT)
        case "steps":
            assert isinstance(block, Steps)
            heights = (
                2.0 + tall.text(shown, _text_lines(text, target, room.width - 24))
                for text, shown in zip(block.items, found["items"], strict=True)
            )
            yield Item(found | {"first": 1}, tuple(heights))
        case "table":
            for table in found["tables"]:
                yield _table(table, tall)


def beside(figure: Figure, block: Display, room: Room) -> Item | None:
    """A derivation with its picture to the left of it; None where they have no room."""
    drawing = figure.drawing
    width, height = drawing.width / room.size, drawing.height / room.size
    narrow = copy(room.target.printer)
    narrow.width = room.width - width - _BESIDE
    if narrow.width < room.width / 2 or height + GAP > room.height:
        return None
    if not fits(narrow, block.equations):
        return None
    own = replace(room, target=replace(room.target, printer=narrow))
    item, *more = items(block, own)
    if more or item.height > room.height or item.view["kind"] != "display":
        return None
    (picture,) = items(figure, room)
    found = {"figure": picture.scaled(1.0, room).view, "display": item.view}
    return Item({"kind": "beside"} | found, (max(height, item.height - GAP),))


def readable(block: Block, room: Room, plain: Room) -> bool:
    """Whether a block is in this room what it is in the ``plain`` one: nothing is left out.

    A matrix that is too wide has dots in it, a table's columns are parted, and a long number or
    factor reaches beyond the line.
    """
    printer, before = room.target.printer, plain.target.printer
    try:
        match block:
            case Display(equations):
                found = equations
            case Flow(groups):
                found = tuple(equation for group in groups for equation in group)
            case Table():
                tables = _in_columns(block, room.target)["tables"]
                return len(tables) == len(_in_columns(block, plain.target)["tables"])
            case Paragraph(content):
                return all(_is_short(item, room) for item in content)
            case Steps(texts):
                return all(_is_short(item, room) for text in texts for item in text)
            case _:
                return True
        same = all(printer.measure(e) == before.measure(e) for e in found)
        return same and fits(printer, found)
    except NotSupported:
        return False


def _is_short(item: Inline, room: Room) -> bool:
    return isinstance(item, str) or inline_width(item, room.target) <= room.width / 2


def _two_columns(block: Block, found: dict[str, Any], room: Room) -> list[Item]:
    """Many short equations, which leave half of a frame empty, in two columns."""
    assert isinstance(block, Display)
    lines, printer = found["lines"], room.target.printer
    if len(lines) < _MANY or len(lines) != len(block.equations):
        return []
    widest = max(printer.measure(equation) for equation in block.equations)
    if widest > (room.width - _BESIDE) / 2:
        return []
    heights = [room.tall.line(f"{line.left}{line.right}", _FORMULA) for line in lines]
    rows = floor((room.height - GAP - _STRUT) / max(heights))
    found_items = []
    for start in range(0, len(lines), 2 * rows):
        end = min(start + 2 * rows, len(lines))
        half = start + ceil((end - start) / 2)
        columns = [
            {"kind": "display", "lines": lines[i:k]} for i, k in ((start, half), (half, end))
        ]
        height = max(sum(heights[start:half]), sum(heights[half:end]))
        found_items.append(Item({"kind": "columns", "columns": columns}, (height,), head=_STRUT))
    return found_items


def _in_columns(block: Table, target: Target) -> dict[str, Any]:
    tried = []
    for cell in CELLS:
        table = view(block, replace(target, cell_width=cell))
        if len(table["tables"]) == 1:
            return table
        tried.append(table)
    return min(tried, key=lambda table: len(table["tables"]))


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


def _parted(content: Text, room: Room) -> Iterator[Text]:
    """Running text in pieces that are lower than a frame, parted between words."""
    if _text_lines(content, room.target, room.width) * TEXT <= room.height / 2:
        yield content
        return
    words: list[Inline] = []
    for item in content:
        words += [f"{word} " for word in item.split()] if isinstance(item, str) else [item]
    most = floor(_MOST_LINES / room.size)
    chosen: list[Inline] = []
    for word in words:
        if chosen and _text_lines((*chosen, word), room.target, room.width) > most:
            yield tuple(chosen)
            chosen = []
        chosen.append(word)
    yield tuple(chosen)

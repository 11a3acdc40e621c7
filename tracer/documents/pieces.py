"""What a finished document consists of, in no format; every place is an offset in its text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """A section title; ``level`` counts from 1. A slide's title is one too."""

    text: str
    level: int
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Formula:
    r"""One equation, or what else stands in maths: ``source`` without the marks around it.

    ``source`` is exactly ``text[start:stop]`` of the document. Where a display has several rows
    (``aligned``), each row is a formula of its own; one that goes on with the row before it
    (``& = …``) is part of that row's formula: rows are only parted where a new left side begins.
    What only lays it out (``&``, a row's end) is in ``source``; :func:`displays.bare` blanks it. A
    formula that goes on with the one before it, in a display of its own, begins with a relation.
    ``number`` of the display that it stands in, the same for all of its rows; ``inline``: within
    running text.
    """

    source: str
    start: int
    stop: int
    number: int
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: ``source`` is what it holds, marks of maths (``$…$``) taken off.

    That is ``text[start:stop]`` unless it has several formulas, or more than a formula: then they
    are joined by spaces, and the place is that of all.
    """

    source: str
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Table:
    """A head and rows of cells; rows may have fewer cells than the head."""

    head: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Prose:
    """Running text: ``text`` with each inline formula left in place; those are pieces too."""

    text: str
    start: int
    stop: int


Piece = Heading | Formula | Table | Prose


@dataclass(frozen=True, slots=True)
class Document:
    """A document: ``kind`` is markdown, latex, notebook or text; pieces in reading order.

    ``text`` is that of the file; of a notebook that of its cells one after the other, and
    ``cells`` has the offset in it at which each of them begins.
    """

    name: str
    kind: str
    text: str
    pieces: tuple[Piece, ...]
    cells: tuple[int, ...] = ()

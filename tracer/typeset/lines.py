"""Fill lines: equations aligned at their relation signs, broken where they are too wide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tracer.formula import Equation
from tracer.typeset.atoms import Piece
from tracer.typeset.base import Printer


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line of an equation: what stands left of the alignment point, and right of it.

    ``indent`` marks the continuation of a link that did not fit on one line.
    """

    left: str
    right: str
    indent: bool = False


def lines(printer: Printer, equations: Sequence[Equation]) -> Iterator[Line]:
    """Equations aligned at their first relation, broken where they are too wide."""
    lefts = [printer.joined([] if e.left is None else printer.pieces(e.left)) for e in equations]
    margin = max((left.width for left in lefts), default=0.0)
    for equation, left in zip(equations, lefts, strict=True):
        yield from _equation_lines(
            printer, equation, printer.finished(left.text), printer.width - margin
        )


def _equation_lines(printer: Printer, equation: Equation, left: str, room: float) -> Iterator[Line]:
    text, used, indent = "", 0.0, False
    for part in equation.parts:
        pieces = [printer.relation(part.relation), *printer.pieces(part.formula)]
        width = sum(piece.width for piece in pieces)
        if text and (part.newline or used + width > room):
            yield Line(left, printer.finished(text.strip()), indent)
            left, text, used, indent = "", "", 0.0, False
        *full, rest = _broken(pieces, room - used, room - printer.indent)
        for chunk in full:
            yield Line(left, printer.finished((text + _text(chunk)).strip()), indent)
            left, text, used, indent = "", printer.continuation, printer.indent, True
        text += _text(rest)
        used += sum(piece.width for piece in rest)
    if text or left:
        yield Line(left, printer.finished(text.strip()), indent)


def fits(printer: Printer, equations: Sequence[Equation]) -> bool:
    """Whether equations below each other stay within the width: no piece of them is wider."""
    lefts = [printer.joined([] if e.left is None else printer.pieces(e.left)) for e in equations]
    room = printer.width - max((left.width for left in lefts), default=0.0)
    links = (
        [printer.relation(part.relation), *printer.pieces(part.formula)]
        for equation in equations
        for part in equation.parts
    )
    for link in links:
        first, *rest = (sum(p.width for p in c) for c in _broken(link, room, room - printer.indent))
        if first > room or any(width > room - printer.indent for width in rest):
            return False
    return True


def stacked(printer: Printer, equation: Equation, width: float) -> tuple[list[str], float]:
    """An equation in a narrow column: a line for each link, or more where it has to be.

    With the width that they take, more than the column's where a piece of one can't be broken.
    """
    links = [] if equation.left is None else [printer.pieces(equation.left)]
    links += [[printer.relation(p.relation), *printer.pieces(p.formula)] for p in equation.parts]
    found: list[str] = []
    widest = width
    for link in links:
        chunks = _broken(link, width, width)
        first, *rest = map(_text, chunks)
        texts = [first.strip(), *(printer.continuation + text.strip() for text in rest)]
        found += map(printer.finished, texts)
        widest = max(widest, *(sum(piece.width for piece in chunk) for chunk in chunks))
    return found, widest


def _text(pieces: Sequence[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def _broken(pieces: Sequence[Piece], first: float, room: float) -> list[list[Piece]]:
    """Pieces in lines: each as full as it can be, broken at the best place in its second half."""
    found: list[list[Piece]] = []
    start, limit = 0, first
    while start < len(pieces):
        used, end = 0.0, start
        while end < len(pieces) and (end == start or used + pieces[end].width <= limit):
            used += pieces[end].width
            end += 1
        if end < len(pieces):
            end = _best_break(pieces, start, end, limit)
        found.append(list(pieces[start:end]))
        start, limit = end, room
    return found or [[]]


def _best_break(pieces: Sequence[Piece], start: int, end: int, limit: float) -> int:
    """Where to break, at ``end`` at the latest: the last of the best places in the second half.

    Where there is none in that half, the last place; where there is none at all, the next.
    """
    used, best, last = 0.0, 0, 0
    for place in range(start, end + 1):
        level = pieces[place].level
        if place > start and level:
            last = place
            if used >= limit / 2 and (not best or level <= pieces[best].level):
                best = place
        used += pieces[place].width
    if last:
        return best or last
    return next((i for i in range(end, len(pieces)) if pieces[i].level), len(pieces))

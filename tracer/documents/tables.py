"""Rows of cells out of lines: between pipes, or apart by tabs."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from tracer.documents.pieces import Cell, Table
from tracer.documents.regions import Within, cell

_PIPE = re.compile(r"\\.|\|", re.DOTALL)
_RULE = frozenset("|:-+= \t\r>")
Line = tuple[int, int]


def is_rule(line: str) -> bool:
    """Whether the line is that under a head: ``| :-: | --- |``."""
    return "-" in line and "|" in line and _RULE.issuperset(line)


def pipes(text: str, lines: list[Line], within: Within) -> Table:
    """The table in ``lines``; the first is its head, lines of dashes are left out."""
    rows = [
        _piped(text, start, stop, within) for start, stop in lines if not is_rule(text[start:stop])
    ]
    head, body = (rows[0], rows[1:]) if rows else ([], [])
    return Table(tuple(head), tuple(map(tuple, body)), lines[0][0], lines[-1][1])


def _piped(text: str, start: int, stop: int, within: Within) -> list[Cell]:
    stop = start + len(text[start:stop].rstrip())
    start = stop - len(text[start:stop].lstrip("> \t"))  # a quoted table
    start += text.startswith("|", start)
    if stop > start and text[stop - 1] == "|" and text[stop - 2] != "\\":
        stop -= 1
    maths = iter(within(start, stop))
    region = next(maths, None)
    bounds = [start - 1]
    for mark in _PIPE.finditer(text, start, stop):
        while region is not None and region.stop <= mark.start():
            region = next(maths, None)
        if mark.group() == "|" and (region is None or mark.start() < region.start):
            bounds.append(mark.start())
    bounds.append(stop)
    return [cell(text, a + 1, b, within) for a, b in pairwise(bounds)]


def has_tabs(line: str) -> bool:
    """Whether at least two cells stand in the line, apart by tabs."""
    return sum(1 for part in line.split("\t") if part.strip()) > 1 if "\t" in line else False


def tabs(text: str, lines: list[Line], within: Within) -> Table:
    """The table in ``lines``, whose first is its head, as a reader would line it up.

    Where a row has as many filled cells as the head, they belong to each other in order, wherever
    an empty cell (a double tab) has moved them. Cells of other rows stand under what most rows of
    that width have in the same place, else under what the head has there.
    """
    raw = [_tabbed(text, start, stop, within) for start, stop in lines]
    filled = [[at for at, one in enumerate(row) if one.source] for row in raw]
    names = filled[0]
    full = {row for row in range(1, len(raw)) if len(filled[row]) == len(names)}
    moved = any(filled[row] != names for row in full)
    if not moved:
        return Table(tuple(raw[0]), tuple(map(tuple, raw[1:])), lines[0][0], lines[-1][1])
    usual: dict[int, Counter[int]] = {}
    for row in full:
        for column, at in enumerate(filled[row]):
            usual.setdefault(at, Counter())[column] += 1
    head = tuple(raw[0][at] for at in names)
    rows = [
        tuple(raw[row][at] for at in filled[row])
        if row in full
        else _aligned(raw[row], filled[row], names, usual)
        for row in range(1, len(raw))
    ]
    return Table(head, tuple(rows), lines[0][0], lines[-1][1])


def _aligned(
    row: list[Cell], filled: list[int], names: list[int], usual: dict[int, Counter[int]]
) -> tuple[Cell, ...]:
    places: dict[int, Cell] = {}
    for at in filled:
        column = usual[at].most_common(1)[0][0] if at in usual else None
        if column is None and at in names:
            column = names.index(at)
        if column is not None:
            places.setdefault(column, row[at])
    nothing = Cell("", row[0].start, row[0].start)
    return tuple(places.get(column, nothing) for column in range(max(places, default=-1) + 1))


def _tabbed(text: str, start: int, stop: int, within: Within) -> list[Cell]:
    stop = start + len(text[start:stop].rstrip())
    cells = []
    for part in text[start:stop].split("\t"):
        cells.append(cell(text, start, start + len(part), within))
        start += len(part) + 1
    return cells

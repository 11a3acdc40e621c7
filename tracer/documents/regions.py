"""Stretches of a document that are found before its lines are read: maths, code, comments."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from tracer.documents.pieces import Cell


@dataclass(frozen=True, slots=True)
class Region:
    """``kind``: ``display``, ``inline``, ``skip`` (a comment, a listing), ``code`` (in a line).

    ``start`` to ``stop`` with its marks, ``inner`` to ``end`` without.
    """

    kind: str
    start: int
    stop: int
    inner: int
    end: int


class Next:
    """Where a mark stands next, for questions from ever later places: in all one pass."""

    def __init__(self, text: str, mark: str | re.Pattern[str]) -> None:
        self.text, self.mark, self.at, self.size = text, mark, -1, 0

    def __call__(self, start: int) -> int:
        """The mark's first place from ``start`` on; the end of the text where there is none."""
        if self.at < start:
            if isinstance(self.mark, str):
                found = self.text.find(self.mark, start)
                self.at, self.size = (found, len(self.mark)) if found >= 0 else (len(self.text), 0)
            else:
                match = self.mark.search(self.text, start)
                self.at = match.start() if match else len(self.text)
                self.size = len(match.group()) if match else 0
        return self.at


BLANK_LINE = re.compile(r"\n[ \t\r>]*(?=\n)")


class Within:
    """The regions of one kind by place."""

    def __init__(self, regions: Sequence[Region]) -> None:
        self.regions = regions
        self.starts = [region.start for region in regions]

    def __call__(self, start: int, stop: int) -> Sequence[Region]:
        """Those that begin from ``start`` to before ``stop``."""
        return self.regions[bisect_left(self.starts, start) : bisect_left(self.starts, stop)]


def cell(text: str, start: int, stop: int, within: Within) -> Cell:
    """The cell in ``text[start:stop]``.

    Its place is that of the one formula it consists of; where it has more than that, or several,
    they are joined by spaces in ``source``, and the place is that of all.
    """
    start, stop = trimmed(text, start, stop)
    pieces, last = [], start
    inside = [region for region in within(start, stop) if region.stop <= stop]
    if len(inside) == 1 and (inside[0].start, inside[0].stop) == (start, stop):
        start, stop = trimmed(text, inside[0].inner, inside[0].end)
        return Cell(text[start:stop], start, stop)
    for region in inside:
        pieces += [text[last : region.start], text[region.inner : region.end]]
        last = region.stop
    pieces.append(text[last:stop])
    if not inside:
        start, stop = _unemphasised(text, start, stop)
        return Cell(text[start:stop], start, stop)
    return Cell(" ".join(piece.strip() for piece in pieces if piece.strip()), start, stop)


def trimmed(text: str, start: int, stop: int) -> tuple[int, int]:
    """The offsets of ``text[start:stop]`` without the spaces at its ends."""
    inner = text[start:stop]
    left = len(inner) - len(inner.lstrip())
    return start + left, max(start + left, start + len(inner.rstrip()))


def _unemphasised(text: str, start: int, stop: int) -> tuple[int, int]:
    """Without ``**`` or backticks around it."""
    for mark in ("**", "__", "`"):
        size = len(mark)
        inner = text[start:stop]
        if len(inner) > 2 * size and inner.startswith(mark) and inner.endswith(mark):
            return trimmed(text, start + size, stop - size)
    return start, stop

"""Slides are filled: items that belong together in frames, parted where they are too high.

What is parted begins a frame with an equation, a row or a whole item of a list.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tracer.renderers.slide_items import GAP, LINES, Item


@dataclass(slots=True)
class Group:
    """Items that belong together; ``alone``: on frames of their own.

    It is ``headed`` by a title until its picture came; ``derives`` where it has a derivation.
    """

    items: list[Item]
    alone: bool = False
    derives: bool = False
    headed: bool = False


def packed(groups: Sequence[Group], room: float) -> list[list[Item]]:
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
    if item.height <= left or item.view["kind"] not in LINES or len(item.lines) == 1:
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

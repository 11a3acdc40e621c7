"""Where a function on a grid is at least so large: outlines of regions, and the lines between.

Each cell is two triangles, in which the function is taken to be linear (marching triangles). So no
corner is ambiguous and the outlines of different levels never cross.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

Point = tuple[float, float]
# a value for each column and row: ``grid[column][row]``
Grid = Sequence[Sequence[float]]

# the function itself, where it jumps between the points of the grid
Known = Callable[[float, float], float]

_Node = tuple[int, int]
_Edge = tuple[_Node, _Node]
# outlines are straightened where no point moves further than this, in points
_TOLERANCE = 0.2
_HALVINGS = 7


@dataclass(frozen=True, slots=True)
class Area:
    """A closed outline, and what lies directly inside of it: the number of its band or class."""

    points: tuple[Point, ...]
    band: int


def bands(
    grid: Grid,
    xs: Sequence[float],
    ys: Sequence[float],
    levels: Sequence[float],
    known: Known | None = None,
) -> list[Area]:
    """The areas between ``levels``, to be painted in this order over the whole plane in band 0.

    Band n is from ``levels[n-1]`` to ``levels[n]``. A larger area comes first, so that what lies
    inside of it, a hole too, is painted over it. With ``known`` outlines are where it jumps.
    """
    found, turned = [], _turned(xs, ys)
    for number, level in enumerate(levels, start=1):
        for outline in _outlines(grid, xs, ys, level, known):
            points = tuple(point for point, _ in outline)
            size = _signed_size(points) * turned
            is_hole = size < 0
            key = (-abs(size), -number if is_hole else number)
            found.append((key, Area(straightened(points), number - 1 if is_hole else number)))
    return [area for _, area in sorted(found, key=lambda pair: pair[0])]


def regions(grids: Sequence[Grid], xs: Sequence[float], ys: Sequence[float]) -> list[Area]:
    """Where each of several functions is the largest, by its number; holes are others' regions."""
    found, turned = [], _turned(xs, ys)
    for number, own in enumerate(grids):
        others = [grid for grid in grids if grid is not own]
        margin = [
            [own[i][j] - max(grid[i][j] for grid in others) for j in range(len(ys))]
            for i in range(len(xs))
        ]
        for outline in _outlines(margin, xs, ys, 0.0):
            points = tuple(point for point, _ in outline)
            size = _signed_size(points) * turned
            if size > 0:
                found.append((-size, Area(straightened(points), number)))
    return [area for _, area in sorted(found, key=lambda pair: pair[0])]


def lines(
    grid: Grid,
    xs: Sequence[float],
    ys: Sequence[float],
    level: float,
    known: Known | None = None,
) -> list[tuple[Point, ...]]:
    """The lines on which the function is ``level``, without the edge of the plane."""
    found = []
    for outline in _outlines(grid, xs, ys, level, known):
        edge = next((n for n, (_, is_edge) in enumerate(outline) if is_edge), None)
        if edge is None:
            found.append(straightened((*(point for point, _ in outline), outline[0][0])))
            continue
        run: list[Point] = []
        for point, is_edge in (*outline[edge:], *outline[: edge + 1]):
            if not is_edge:
                run.append(point)
            elif run:
                found.append(tuple(run))
                run = []
    return [straightened(line) for line in found if len(line) > 1]


def straightened(points: Sequence[Point], tolerance: float = _TOLERANCE) -> tuple[Point, ...]:
    """A line with fewer points, none of the old ones further from it than ``tolerance``.

    (Douglas & Peucker, Algorithms for the reduction of the number of points required to represent
    a digitized line, Cartographica 10, 1973.)
    """
    kept = {0, len(points) - 1}
    waiting = [(0, len(points) - 1)]
    while waiting:
        first, last = waiting.pop()
        far, distance = 0, tolerance
        for n in range(first + 1, last):
            own = _distance(points[n], points[first], points[last])
            if own > distance:
                far, distance = n, own
        if far:
            kept.add(far)
            waiting += [(first, far), (far, last)]
    return tuple(points[n] for n in sorted(kept))


def _outlines(
    grid: Grid,
    xs: Sequence[float],
    ys: Sequence[float],
    level: float,
    known: Known | None = None,
) -> Iterator[list[tuple[Point, bool]]]:
    """The outlines of where the function is at least ``level``: points, and which are on the edge.

    Around the plane lies a ring of cells without width in which the function is less than
    anything, so that each outline is closed.
    """
    columns, rows = len(xs), len(ys)

    def value(node: _Node) -> float:
        i, j = node
        return grid[i][j] if 0 <= i < columns and 0 <= j < rows else -math.inf

    def place(node: _Node) -> Point:
        i, j = node
        return xs[min(max(i, 0), columns - 1)], ys[min(max(j, 0), rows - 1)]

    inside = {
        (i, j): value((i, j)) >= level for i in range(-1, columns + 1) for j in range(-1, rows + 1)
    }
    follows: dict[_Edge, _Edge] = {}
    for i in range(-1, columns):
        for j in range(-1, rows):
            corners = (i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)
            if len({inside[corner] for corner in corners}) == 1:
                continue
            a, b, c, d = corners
            for triangle in ((a, b, c), (a, c, d)):
                _follow(triangle, inside, follows)

    def crossing(edge: _Edge) -> tuple[Point, bool]:
        high, low = edge
        top, bottom = value(high), value(low)
        (x1, y1), (x2, y2) = place(high), place(low)
        if known is not None and bottom != -math.inf:
            return _halved((x1, y1), (x2, y2), level, known), False
        part = (top - level) / (top - bottom)
        return (x1 + part * (x2 - x1), y1 + part * (y2 - y1)), bottom == -math.inf

    while follows:
        start = next(iter(follows))
        outline, edge = [], start
        while edge in follows:
            outline.append(crossing(edge))
            edge = follows.pop(edge)
        yield outline


def _halved(high: Point, low: Point, level: float, known: Known) -> Point:
    """Between two points, where a function that jumps does so."""
    for _ in range(_HALVINGS):
        middle = (high[0] + low[0]) / 2, (high[1] + low[1]) / 2
        if known(*middle) >= level:
            high = middle
        else:
            low = middle
    return low


def _follow(
    triangle: Sequence[_Node], inside: dict[_Node, bool], follows: dict[_Edge, _Edge]
) -> None:
    """Add how an outline goes through a triangle; edges are written from inside to outside."""
    leaves = enters = None
    for n, node in enumerate(triangle):
        after = triangle[(n + 1) % 3]
        if inside[node] and not inside[after]:
            leaves = (node, after)
        elif inside[after] and not inside[node]:
            enters = (after, node)
    if leaves and enters:
        follows[leaves] = enters


def _turned(xs: Sequence[float], ys: Sequence[float]) -> float:
    """1, or -1 where the plane is seen in a mirror: x to the left or y downwards."""
    return math.copysign(1.0, (xs[-1] - xs[0]) * (ys[-1] - ys[0]))


def _signed_size(points: Sequence[Point]) -> float:
    """The area inside an outline; that of a hole is negative unless the plane is turned."""
    pairs = zip(points, (*points[1:], points[0]), strict=True)
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs) / 2


def _distance(point: Point, start: Point, end: Point) -> float:
    """From a point to the straight line between two others."""
    (x, y), (x1, y1), (x2, y2) = point, start, end
    dx, dy = x2 - x1, y2 - y1
    length = dx * dx + dy * dy
    part = 0.0 if not length else min(1.0, max(0.0, ((x - x1) * dx + (y - y1) * dy) / length))
    return math.hypot(x - x1 - part * dx, y - y1 - part * dy)

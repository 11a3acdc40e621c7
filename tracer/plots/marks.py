"""Marks of samples: the shape and the colour say the target."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tracer.drawing import Curve
from tracer.plots.contours import Point

RADIUS = 3.4
# corners of each mark, turned by so many degrees, and how much larger than a circle it is
_SHAPES = ((16, 0, 1.0), (4, 45, 1.2), (3, 90, 1.35), (4, 0, 1.25), (6, 0, 1.05))
_CLASSES = (-1.0, 1.0, 0.0, -0.4, 0.4)
MOST_SHAPES = len(_SHAPES)


def mark(at: Point, kind: int, shade: float) -> Curve:
    """A closed mark at a place; kinds are counted from 0, and beyond the last all are circles."""
    corners, turn, size = _SHAPES[kind if kind < MOST_SHAPES else 0]
    angles = (math.radians(turn + 360 * n / corners) for n in range(corners))
    (x, y), radius = at, RADIUS * size
    points = tuple((x + radius * math.cos(a), y - radius * math.sin(a)) for a in angles)
    return Curve(points, closed=True, shade=shade)


def shades(count: int) -> Sequence[float]:
    """The shades of classes, the first ones far apart."""
    return [_CLASSES[n % len(_CLASSES)] for n in range(count)]

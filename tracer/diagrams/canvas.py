"""A drawing in the making: lines first, labels where there is room, circles on top."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from math import hypot

from tracer.drawing import Box, Circle, Curve, Drawing, Group, Label, Line, Shape
from tracer.symbols import Symbols
from tracer.typeset.mathml import MathmlPrinter
from tracer.typeset.svg import box_of

# around a drawing, and between two labels
_MARGIN, _APART = 3.0, 0.6

Bounds = tuple[float, float, float, float]


@dataclass
class Canvas:
    """What has been drawn so far, and the boxes that no label may touch."""

    symbols: Symbols
    lines: list[Group] = field(default_factory=list)
    labels: list[Group] = field(default_factory=list)
    nodes: list[Group] = field(default_factory=list)
    taken: list[Bounds] = field(default_factory=list)
    circles: list[Circle] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.printer = MathmlPrinter(self.symbols, 0.0)

    def bounds(self, label: Label) -> Bounds:
        """The box of a label, with its plate."""
        return box_of(label, self.printer)

    def width(self, label: Label) -> float:
        """The width of a label."""
        left, _, right, _ = self.bounds(label)
        return right - left

    def node(self, group: Group) -> None:
        """Put a neuron, which labels keep away from."""
        self.nodes.append(group)
        self.circles += [shape for shape in group.shapes if isinstance(shape, Circle)]
        self.taken += [
            (box.x, box.y, box.x + box.width, box.y + box.height)
            for box in group.shapes
            if isinstance(box, Box)
        ]

    def fits(self, label: Label) -> bool:
        """Whether a label touches no other and no neuron."""
        own = self.bounds(label)
        return not any(overlap(own, other) for other in self.taken) and not any(
            _reaches(own, circle) for circle in self.circles
        )

    def label(self, group: Group, places: Iterable[Label]) -> bool:
        """Put a label to the first of some places where it fits; False where it fits nowhere."""
        for place in places:
            if self.fits(place):
                self.labels.append(replace(group, shapes=(*group.shapes, place)))
                self.taken.append(self.bounds(place))
                return True
        return False

    def tried(self, labels: Sequence[tuple[Group, Sequence[Label]]]) -> bool:
        """Put all of some labels, or none of them where one fits nowhere."""
        before = len(self.labels), len(self.taken)
        if all(self.label(group, places) for group, places in labels):
            return True
        del self.labels[before[0] :], self.taken[before[1] :]
        return False

    def drawing(self, title: str, description: str) -> Drawing:
        """All of it, moved so that it just fits."""
        groups = (*self.lines, *self.labels, *self.nodes)
        boxes = [self._bounds(shape) for group in groups for shape in group.shapes]
        left, top = (min(box[at] for box in boxes) - _MARGIN for at in (0, 1))
        right, bottom = (max(box[at] for box in boxes) + _MARGIN for at in (2, 3))
        moved = tuple(
            replace(group, shapes=tuple(_moved(shape, -left, -top) for shape in group.shapes))
            for group in groups
        )
        size = round(right - left, 2), round(bottom - top, 2)
        return Drawing(*size, moved, title, description)

    def _bounds(self, shape: Shape) -> Bounds:
        match shape:
            case Line(x1, y1, x2, y2):
                return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)
            case Curve(points):
                xs, ys = zip(*points, strict=True)
                return min(xs), min(ys), max(xs), max(ys)
            case Circle(x, y, radius):
                return x - radius, y - radius, x + radius, y + radius
            case Box(x, y, width, height):
                return x, y, x + width, y + height
            case Label():
                return self.bounds(shape)


def overlap(one: Bounds, other: Bounds) -> bool:
    """Whether two boxes have a point in common, or nearly."""
    return (
        one[0] < other[2] + _APART
        and other[0] < one[2] + _APART
        and one[1] < other[3] + _APART
        and other[1] < one[3] + _APART
    )


def _reaches(box: Bounds, circle: Circle) -> bool:
    x = min(max(circle.x, box[0]), box[2])
    y = min(max(circle.y, box[1]), box[3])
    return hypot(circle.x - x, circle.y - y) < circle.radius + _APART


def _moved(shape: Shape, dx: float, dy: float) -> Shape:
    match shape:
        case Line(x1, y1, x2, y2):
            x1, y1, x2, y2 = (round(v, 2) for v in (x1 + dx, y1 + dy, x2 + dx, y2 + dy))
            return Line(x1, y1, x2, y2, shape.arrow)
        case Curve(points):
            moved = tuple((round(x + dx, 2), round(y + dy, 2)) for x, y in points)
            return replace(shape, points=moved)
        case _:
            return replace(shape, x=round(shape.x + dx, 2), y=round(shape.y + dy, 2))


def along(start: Circle, end: Circle) -> Line:
    """The line between two circles, from edge to edge."""
    dx, dy = end.x - start.x, end.y - start.y
    length = hypot(dx, dy) or 1.0
    dx, dy = dx / length, dy / length
    return Line(
        start.x + start.radius * dx,
        start.y + start.radius * dy,
        end.x - end.radius * dx,
        end.y - end.radius * dy,
    )


def point_of(line: Line, part: float) -> tuple[float, float]:
    """The point so far along a line."""
    return line.x1 + part * (line.x2 - line.x1), line.y1 + part * (line.y2 - line.y1)


def on_line(line: Line, label: Label, parts: Iterable[float]) -> list[Label]:
    """A label on a line, at several parts of it."""
    places = (point_of(line, part) for part in parts)
    return [replace(label, x=x, y=y, plate=True) for x, y in places]


def beside(circle: Circle, label: Label, bounds: Bounds) -> list[Label]:
    """A label with these bounds below a circle, above it, and at its corners, the lower first."""
    left, top, right, bottom = bounds
    away = circle.radius + _APART + 0.5 + (bottom - top) / 2
    side = circle.radius * 0.7 + (right - left) / 2 + 1.5
    spots = [(0.0, away), (0.0, -away)]
    spots += [(dx, dy) for dy in (away, -away) for dx in (side, -side)]
    return [replace(label, x=circle.x + dx, y=circle.y + dy) for dx, dy in spots]

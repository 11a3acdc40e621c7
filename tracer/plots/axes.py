"""Axes: a frame with round numbers at its sides, and what stands beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from tracer.drawing import Box, Circle, Curve, Drawing, Group, Label, Line, Shape
from tracer.formula import Equation, Formula
from tracer.plots.scale import Scale, tick_label

Content = Formula | Equation | str

SMALL = 0.75
"""The size of numbers at ticks, relative to running text."""
_TICK = 3.0
_GAP = 3.0
_LETTER = 5.2
# room for a line of words
LINE = 13.0


@dataclass(frozen=True, slots=True)
class Axes:
    """A frame: ``x`` grows to the right, ``y`` upwards; the labels say what they are."""

    x: Scale
    y: Scale
    x_label: Content
    y_label: Content | None = None

    @property
    def left(self) -> float:
        """The frame's left side."""
        return self.x.start

    @property
    def right(self) -> float:
        """The frame's right side."""
        return self.x.end

    @property
    def top(self) -> float:
        """The frame's upper side."""
        return self.y.end

    @property
    def bottom(self) -> float:
        """The frame's lower side."""
        return self.y.start

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a point stands."""
        return self.x.at(x), self.y.at(y)

    def frame(self, *, closed: bool = False) -> Group:
        """The lines, ticks and labels; ``closed``: at all four sides."""
        shapes: list[Shape] = []
        if closed:
            width, height = self.right - self.left, self.bottom - self.top
            shapes.append(Box(self.left, self.top, width, height))
        else:
            corner = (self.left, self.bottom)
            shapes.append(Curve(((self.left, self.top), corner, (self.right, self.bottom))))
        return Group("frame", (*shapes, *self.frame_below(), *self._beside()))

    def frame_below(self) -> Iterator[Shape]:
        """The ticks of ``x`` and what it is."""
        y = self.bottom
        for tick in self.x.ticks:
            at = self.x.at(float(tick))
            yield Line(at, y, at, y + _TICK)
            yield Label(at, y + _TICK + _GAP + 3, tick_label(tick), size=SMALL)
        middle = (self.left + self.right) / 2
        if self.x_label:
            yield Label(middle, y + _TICK + _GAP + 15, self.x_label, size=0.9)

    def _beside(self) -> Iterator[Shape]:
        for tick in self.y.ticks:
            at = self.y.at(float(tick))
            yield Line(self.left, at, self.left - _TICK, at)
            yield Label(self.left - _TICK - 2, at, tick_label(tick), "end", SMALL)
        if self.y_label is not None:
            yield Label(self.left - _TICK - 2, self.top - 13, self.y_label, "middle", 0.9)


BELOW = _TICK + _GAP + 15 + 8
"""The room that labels take below a frame."""


def beside(ticks: Sequence[Fraction]) -> float:
    """The room that the numbers of ticks take beside a frame."""
    longest = max(len(tick_label(tick).number.text) for tick in ticks)
    return _TICK + 2 + SMALL * _LETTER * longest + 4


def drawing(
    width: float, height: float, groups: Sequence[Group], title: str, description: str
) -> Drawing:
    """A picture of these groups."""
    return Drawing(width, height, tuple(groups), title, description)


def stacked(drawings: Sequence[Drawing], gap: float = 18.0) -> Drawing:
    """Several pictures as one, each below the one before."""
    groups: list[Group] = []
    top = 0.0
    for own in drawings:
        groups += [
            replace(group, shapes=tuple(_lower(shape, top) for shape in group.shapes))
            for group in own.groups
        ]
        top += own.height + gap
    width = max(own.width for own in drawings)
    title = drawings[0].title if len(drawings) == 1 else "Plots"
    words = " ".join(own.description for own in drawings)
    return Drawing(width, top - gap, tuple(groups), title, words)


def _lower(shape: Shape, by: float) -> Shape:
    match shape:
        case Line():
            return replace(shape, y1=shape.y1 + by, y2=shape.y2 + by)
        case Curve():
            return replace(shape, points=tuple((x, y + by) for x, y in shape.points))
        case Circle() | Box() | Label():
            return replace(shape, y=shape.y + by)

"""Pictures in no format: shapes at fixed places, each group with the id of what it stands for.

Diagrams and plots are made of these; `typeset.svg`, `typeset.tikz` and `typeset.typst_drawing`
write them with the same coordinates. Lengths are in points (1/72.27 inch), y grows downwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tracer.formula import Equation, Formula

Role = Literal[
    "edge",  # a weight, a term of a graph: a line
    "neuron",  # a circle with its symbol
    "input",
    "bias",
    "value",  # a number beside a neuron: forward
    "slope",  # a number beside a neuron: backward
    "factor",  # a local derivative beside an edge of a path
    "ellipsis",
    "frame",  # axes and their ticks
    "curve",
    "area",  # a cell of a plane
    "sample",
    "note",
]


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line, with an arrow head at its end or not."""

    x1: float
    y1: float
    x2: float
    y2: float
    arrow: bool = False


@dataclass(frozen=True, slots=True)
class Curve:
    """A line through points, closed and filled or open; ``shade`` fills it as that of a `Box`."""

    points: tuple[tuple[float, float], ...]
    closed: bool = False
    shade: float | None = None


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle around (x, y)."""

    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; ``shade``, from -1 to 1, is the colour that fills it, None for none."""

    x: float
    y: float
    width: float
    height: float
    shade: float | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """A formula or a word at (x, y), its middle line; ``plate``: on a box of the paper's colour.

    ``size`` is relative to running text.
    """

    x: float
    y: float
    content: Formula | Equation | str
    anchor: Literal["start", "middle", "end"] = "middle"
    size: float = 1.0
    plate: bool = False


Shape = Line | Curve | Circle | Box | Label


@dataclass(frozen=True, slots=True)
class Group:
    """Shapes that stand for one thing: ``id`` a quantity's, or "" where it is none.

    ``title`` says in words what it is. ``on``: part of a path that is talked about, drawn wide and
    in colour. ``mark``: the number of the factor that it belongs to, which has the same mark in
    the formula and in the table.
    """

    role: Role
    shapes: tuple[Shape, ...]
    id: str = ""
    title: str = ""
    on: bool = False
    mark: int | None = None


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture: groups in the order in which they are painted, and what they show in words."""

    width: float
    height: float
    groups: tuple[Group, ...]
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class Mark:
    """How a factor is marked: a colour on light and on dark paper, and a line style.

    ``dash`` are lengths of strokes and gaps in points; empty for a solid line.
    """

    name: str
    light: str
    dark: str
    dash: tuple[float, ...]


# colours that differ also for the colour-blind (P. Tol, "Colour schemes", SRON 2021: bright and
# vibrant), darkened until text in them has a contrast of 4.5 on white; never colour alone
MARKS = (
    Mark("blue", "#2a5fa5", "#8db8f0", ()),
    Mark("orange", "#b04a08", "#f0a868", (6.0, 2.0)),
    Mark("teal", "#00766c", "#5cc9bd", (1.2, 1.8)),
    Mark("magenta", "#b0186a", "#f08cc0", (6.0, 2.0, 1.2, 2.0)),
    Mark("olive", "#6b6a00", "#cfc75a", (3.0, 1.5)),
)

"""How pictures look, in no format: the colours and lines of every role, and what all targets share.

A target writes a `Group` in its `look`; each length is in points and each place is the drawing's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import hypot

from tracer.drawing import MARKS, Box, Curve, Drawing, Group, Line, Role

Points = tuple[tuple[float, float], ...]

# running text in points, and how far its middle line is above the baseline
TEXT, MIDDLE = 10.0, 2.5
# what a plate leaves free around its label
MARGIN = 1.2
_HEAD, _HALF = 5.0, 1.9


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour on light and on dark paper, as ``#rrggbb``."""

    light: str
    dark: str


# the ends of the scale of shades, on light and on dark paper
_ENDS = (("low", "#2a5fa5", "#5f9be8"), ("high", "#b04a08", "#e08a3c"))


def _mixed(colour: str, paper: str, tenths: int) -> str:
    """So many tenths of a colour on paper, as ``#rrggbb``."""
    pairs = ((int(colour[n : n + 2], 16), int(paper[n : n + 2], 16)) for n in (1, 3, 5))
    return "#" + "".join(
        f"{round((tenths * of + (10 - tenths) * on) / 10):02x}" for of, on in pairs
    )


# of the page (templates/style.css), so that a picture is part of it
PALETTE = {
    "paper": Colour("#ffffff", "#16191d"),
    "ink": Colour("#1d2126", "#e6e9ed"),
    "soft": Colour("#5a6370", "#a3adb9"),
    "line": Colour("#a4adb8", "#5d6875"),
    "wash": Colour("#eef1f5", "#262c34"),
    "glow": Colour("#fdeecb", "#4a3b17"),
    "accent": Colour("#175f8a", "#7cc4f0"),
    **{name: Colour(light, dark) for name, light, dark in _ENDS},
    **{
        f"{name}{tenth}": Colour(_mixed(light, "#ffffff", tenth), _mixed(dark, "#16191d", tenth))
        for name, light, dark in _ENDS
        for tenth in range(1, 11)
    },
    **{f"m{number}": Colour(mark.light, mark.dark) for number, mark in enumerate(MARKS, start=1)},
}


@dataclass(frozen=True, slots=True)
class Look:
    """Names of colours in `PALETTE`: the line, what fills shapes ("" for nothing), and labels."""

    stroke: str
    width: float
    fill: str
    text: str
    dash: tuple[float, ...] = ()


LOOKS: dict[Role, Look] = {
    "edge": Look("line", 0.6, "", "soft"),
    "neuron": Look("ink", 0.7, "paper", "ink"),
    "input": Look("ink", 0.7, "wash", "ink"),
    "bias": Look("line", 0.6, "", "soft"),
    "value": Look("ink", 0.6, "", "ink"),
    "slope": Look("high", 0.6, "", "high"),
    "factor": Look("ink", 0.6, "", "ink"),
    "ellipsis": Look("soft", 0.6, "", "soft"),
    "frame": Look("soft", 0.5, "", "ink"),
    "curve": Look("accent", 1.2, "", "accent"),
    "area": Look("line", 0.5, "wash", "ink"),
    "sample": Look("ink", 0.8, "paper", "ink"),
    "note": Look("soft", 0.6, "", "soft"),
}
SHADES = tuple(f"{name}{tenth}" for name in ("low", "high") for tenth in range(1, 11))
"""The colours of shades below and above 0, in tenths; they hide what lies below them."""

# how the roles change on a path: wider lines in colour, filled circles
_ON = {"edge": Look("accent", 2.0, "", "ink"), "bias": Look("accent", 2.0, "", "ink")}


def look(group: Group) -> Look:
    """How a group is drawn: by its role, wide and in colour on a path, in the style of its mark."""
    plain = LOOKS[group.role]
    found = plain
    if group.on:
        wide = replace(plain, width=2.2 * plain.width, fill=plain.fill and "glow")
        found = _ON.get(group.role, wide)
    if group.mark is None:
        return found
    name = f"m{group.mark}"
    dash = MARKS[group.mark - 1].dash
    return replace(found, stroke=name, text=name, dash=dash)


def number(value: float) -> str:
    """A length or place, to a hundredth of a point."""
    return f"{value:.2f}".rstrip("0").rstrip(".").replace("-0", "0", value > -0.005)


def arrow_head(line: Line, width: float) -> tuple[Line, Points]:
    """The line shortened by its head, and the corners of the head."""
    dx, dy = line.x2 - line.x1, line.y2 - line.y1
    length = hypot(dx, dy) or 1.0
    dx, dy = dx / length, dy / length
    head, half = _HEAD + width, _HALF + 0.5 * width
    x, y = line.x2 - head * dx, line.y2 - head * dy
    points = (line.x2, line.y2), (x - half * dy, y + half * dx), (x + half * dy, y - half * dx)
    return replace(line, x2=x + 0.2 * dx, y2=y + 0.2 * dy, arrow=False), points


def shade(value: float) -> str:
    """The name of the colour of a shade: to a tenth, and at 0 the paper's."""
    tenths = round(10 * min(abs(value), 1.0))
    return f"{'high' if value > 0 else 'low'}{tenths}" if tenths else "paper"


def used(drawing: Drawing) -> Iterator[str]:
    """The names of the colours that a drawing needs, each once."""
    names = {"paper": None}
    for group in drawing.groups:
        style = look(group)
        names |= dict.fromkeys((style.stroke, style.fill, style.text))
        shades = (own.shade for own in group.shapes if isinstance(own, Box | Curve))
        names |= {shade(value): None for value in shades if value is not None}
    return (name for name in names if name)

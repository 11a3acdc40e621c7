r"""Pictures in TikZ, which is loaded by ``\usepackage{tikz}`` and needs no library of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tracer.drawing import Box, Circle, Curve, Drawing, Label, Line, Shape
from tracer.formula import Equation
from tracer.typeset.latex import LatexPrinter
from tracer.typeset.picture import (
    MARGIN,
    MIDDLE,
    PALETTE,
    Look,
    arrow_head,
    look,
    number,
    shade,
    used,
)

_ANCHORS = {"start": ("base west", -1), "middle": ("base", 0), "end": ("base east", 1)}


def tikz(drawing: Drawing, printer: LatexPrinter) -> str:
    """The picture as a ``tikzpicture``, with its colours in it."""
    width, height = number(drawing.width), number(drawing.height)
    lines = [r"\begin{tikzpicture}[x=1pt,y=-1pt]"]
    lines += [
        rf"\definecolor{{drawing-{name}}}{{HTML}}{{{PALETTE[name].light[1:].upper()}}}"
        for name in used(drawing)
    ]
    lines.append(rf"\useasboundingbox (0,0) rectangle ({width},{height});")
    for group in drawing.groups:
        plain = look(group)
        lines += [line for shape in group.shapes for line in _shape(shape, plain, printer)]
    return "\n".join((*lines, r"\end{tikzpicture}"))


def _place(x: float, y: float) -> str:
    return f"({number(x)},{number(y)})"


def _options(plain: Look, filled: bool) -> str:
    found = [f"draw=drawing-{plain.stroke}", f"line width={number(plain.width)}pt"]
    if plain.dash:
        names = ("on", "off") * len(plain.dash)
        pattern = " ".join(
            f"{name} {number(length)}pt" for name, length in zip(names, plain.dash, strict=False)
        )
        found.append(f"dash pattern={pattern}")
    if filled and plain.fill:
        found.append(f"fill=drawing-{plain.fill}")
    return ",".join(found)


def _path(options: str, path: str) -> str:
    return rf"\path[{options}] {path};"


def _through(points: Iterable[tuple[float, float]]) -> str:
    return " -- ".join(_place(x, y) for x, y in points)


def _shape(shape: Shape, plain: Look, printer: LatexPrinter) -> Iterator[str]:
    match shape:
        case Line(arrow=True):
            line, head = arrow_head(shape, plain.width)
            yield from _shape(line, plain, printer)
            yield _path(f"fill=drawing-{plain.stroke}", f"{_through(head)} -- cycle")
        case Line(x1, y1, x2, y2):
            yield _path(_options(plain, False), _through(((x1, y1), (x2, y2))))
        case Curve(points, closed, own):
            options = _options(plain, closed and own is None)
            fill = [] if own is None else [f"fill=drawing-{shade(own)}"]
            path = _through(points) + (" -- cycle" if closed else "")
            yield _path(",".join((*filter(None, [options]), *fill)), path)
        case Circle(x, y, radius):
            yield _path(_options(plain, True), f"{_place(x, y)} circle[radius={number(radius)}pt]")
        case Box(x, y, width, height):
            options = _options(plain, True)
            if shape.shade is not None:
                options = f"fill=drawing-{shade(shape.shade)}"
            yield _path(options, f"{_place(x, y)} rectangle {_place(x + width, y + height)}")
        case Label():
            yield _label(shape, plain, printer)


def _label(label: Label, plain: Look, printer: LatexPrinter) -> str:
    content = label.content
    if isinstance(content, str):
        text = printer.words(content)
    elif isinstance(content, Equation):
        text = f"${printer.one_line(content)}$"
    else:
        text = f"${printer.line(content)}$"
    anchor, side = _ANCHORS[label.anchor]
    x = label.x + (side * MARGIN if label.plate else 0.0)
    plate = "fill=drawing-paper," if label.plate else ""
    margin = MARGIN / label.size if label.plate else 0.0  # TikZ scales it with the text
    options = (
        f"{plate}anchor={anchor},inner sep={number(margin)}pt,outer sep=0pt,"
        f"text=drawing-{plain.text},scale={number(label.size)}"
    )
    return rf"\node[{options}] at {_place(x, label.y + MIDDLE * label.size)} {{{text}}};"

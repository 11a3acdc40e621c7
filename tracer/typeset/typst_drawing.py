"""Pictures in Typst: shapes placed in a box of the drawing's size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tracer.drawing import Box, Circle, Curve, Drawing, Label, Line, Shape
from tracer.formula import Equation
from tracer.typeset.picture import (
    MARGIN,
    MIDDLE,
    PALETTE,
    TEXT,
    Look,
    arrow_head,
    look,
    number,
    shade,
)
from tracer.typeset.typst import TypstPrinter, quote

# a label stands in the middle of a line of this size, whose baseline is known however high it is
_WIDE, _HIGH = 400.0, 40.0
_SIDES = {"start": ("left", 0.0), "middle": ("center", 0.5), "end": ("right", 1.0)}


def typst(drawing: Drawing, printer: TypstPrinter) -> str:
    """The picture as code, to stand behind a ``#``."""
    lines = [
        f"box(width: {number(drawing.width)}pt, height: {number(drawing.height)}pt, {{",
        # a label at (x, y), its baseline
        f"  let label(x, y, size, side, part, body) = place(dx: x * 1pt - part * {_WIDE}pt, "
        f"dy: y * 1pt - {_HIGH}pt, box(width: {_WIDE}pt, align(side, text(size: size * 1pt, "
        f"box(height: {_HIGH}pt, width: 0pt) + body))))",
    ]
    for group in drawing.groups:
        plain = look(group)
        lines += [f"  {line}" for shape in group.shapes for line in _shape(shape, plain, printer)]
    return "\n".join((*lines, "})"))


def _colour(name: str) -> str:
    return f'rgb("{PALETTE[name].light}")'


def _stroke(plain: Look) -> str:
    dash = ", ".join(f"{number(length)}pt" for length in plain.dash)
    pattern = f", dash: ({dash})" if dash else ""
    return f"(paint: {_colour(plain.stroke)}, thickness: {number(plain.width)}pt{pattern})"


def _place(x: float, y: float) -> str:
    return f"({number(x)}pt, {number(y)}pt)"


def _moved(x: float, y: float, body: str) -> str:
    return f"place(dx: {number(x)}pt, dy: {number(y)}pt, {body})"


def _curve(points: Iterable[tuple[float, float]], closed: bool, style: str) -> str:
    first, *rest = (_place(x, y) for x, y in points)
    parts = [f"curve.move({first})", *(f"curve.line({place})" for place in rest)]
    parts += ["curve.close()"] if closed else []
    return f"place(curve({style}, {', '.join(parts)}))"


def _shape(shape: Shape, plain: Look, printer: TypstPrinter) -> Iterator[str]:
    stroke = f"stroke: {_stroke(plain)}"
    fill = f"fill: {_colour(plain.fill) if plain.fill else 'none'}"
    match shape:
        case Line(arrow=True):
            line, head = arrow_head(shape, plain.width)
            yield from _shape(line, plain, printer)
            yield _curve(head, True, f"fill: {_colour(plain.stroke)}")
        case Line(x1, y1, x2, y2):
            yield f"place(line(start: {_place(x1, y1)}, end: {_place(x2, y2)}, {stroke}))"
        case Curve(points, closed, own):
            if own is not None:
                fill = f"fill: {_colour(shade(own))}"
            yield _curve(points, closed, f"{stroke}, {fill}" if closed else stroke)
        case Circle(x, y, radius):
            body = f"circle(radius: {number(radius)}pt, {stroke}, {fill})"
            yield _moved(x - radius, y - radius, body)
        case Box(x, y, width, height):
            if shape.shade is not None:
                stroke, fill = "stroke: none", f"fill: {_colour(shade(shape.shade))}"
            size = f"width: {number(width)}pt, height: {number(height)}pt"
            yield _moved(x, y, f"rect({size}, {stroke}, {fill})")
        case Label():
            yield _label(shape, plain, printer)


def _label(label: Label, plain: Look, printer: TypstPrinter) -> str:
    content = label.content
    if isinstance(content, str):
        text = f"text({quote(content)})"
    elif isinstance(content, Equation):
        text = f"${printer.one_line(content)}$"
    else:
        text = f"${printer.line(content)}$"
    if label.plate:
        text = f"box(fill: {_colour('paper')}, outset: {number(MARGIN)}pt, {text})"
    side, part = _SIDES[label.anchor]
    place = f"{number(label.x)}, {number(label.y + MIDDLE * label.size)}"
    size = number(label.size * TEXT)
    colour = f"{{ set text(fill: {_colour(plain.text)}); {text} }}"
    return f"label({place}, {size}, {side}, {number(part)}, {colour})"

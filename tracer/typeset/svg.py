"""Pictures as SVG: for a page, where scripts find quantities by ``data-id``, or as a file.

Colours are custom properties, which a page may set: ``--drawing-ink`` and the like, named as in
`picture.PALETTE`. What reads no style sheet finds those of light paper in attributes.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from tracer.drawing import Box, Circle, Curve, Drawing, Group, Label, Line, Shape
from tracer.formula import Equation
from tracer.symbols import Symbols
from tracer.typeset.mathml import MathmlPrinter
from tracer.typeset.picture import (
    LOOKS,
    MARGIN,
    MIDDLE,
    PALETTE,
    SHADES,
    TEXT,
    Look,
    arrow_head,
    look,
    number,
    shade,
)
from tracer.typeset.svg_formula import Laid, Run, laid_formula, laid_words

_FONTS = (
    '"Latin Modern Roman", "STIX Two Text", "Times New Roman", "Liberation Serif", "Nimbus Roman", '
    "Cambria, serif"
)
_ANCHORS = {"start": 0.0, "middle": 0.5, "end": 1.0}


def style() -> str:
    """The style sheet, once for all pictures of a page."""
    light = "".join(f"--d-{n}:var(--drawing-{n},{c.light});" for n, c in PALETTE.items())
    dark = "".join(f"--d-{n}:var(--drawing-{n},{c.dark});" for n, c in PALETTE.items())
    rules = [
        f".drawing{{{light}}}",
        f"@media screen and (prefers-color-scheme:dark){{.drawing{{{dark}}}}}",
        f".drawing text{{font-family:{_FONTS};stroke:none}}.drawing .i{{font-style:italic}}",
        ".drawing .plate,.drawing .paper{fill:var(--d-paper);stroke:none}",
    ]
    for role, plain in LOOKS.items():
        rules += _rules(f".drawing .{role}", plain)
        on = look(Group(role, (), on=True))
        rules += [*_rules(f".drawing .{role}.on", on)] if on != plain else []
    for name in PALETTE:
        if name[0] == "m" and name[1:].isdigit():
            rules.append(
                f".drawing .{name}.{name} .s{{stroke:var(--d-{name})}}"
                f".drawing .{name}.{name} .f,.drawing .{name}.{name} .t{{fill:var(--d-{name})}}"
                f".drawing .{name}.{name} .u{{stroke:var(--d-{name})}}"
            )
    rules += (f".drawing .{name}{{fill:var(--d-{name})}}" for name in SHADES)
    return "\n".join(rules)


def _rules(where: str, plain: Look) -> list[str]:
    """The colours of a role: ``s`` strokes, ``f`` heads, ``b`` bodies, ``t``, ``u`` labels."""
    found = [f"{where} .s{{stroke:var(--d-{plain.stroke})}}"]
    found.append(f"{where} .f{{fill:var(--d-{plain.stroke})}}")
    if plain.fill:
        found.append(f"{where} .b{{fill:var(--d-{plain.fill})}}")
    found.append(f"{where} .t{{fill:var(--d-{plain.text})}}")
    found.append(f"{where} .u{{stroke:var(--d-{plain.text})}}")
    return found


def svg(
    drawing: Drawing,
    symbols: Symbols,
    name: str = "drawing",
    *,
    alone: bool = True,
    scale: float = 1.0,
) -> str:
    """The picture as SVG. ``name`` begins its ids, which have to differ on a page.

    ``alone``: a file of its own, with its style and its paper; else a part of a page that has
    `style` in its head. ``scale``: how large it is shown.
    """
    printer = MathmlPrinter(symbols, 0.0)
    width, height = number(drawing.width), number(drawing.height)
    name = escape(name)
    root = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="drawing" role="img" '
        f'aria-labelledby="{name}-title {name}-desc" viewBox="0 0 {width} {height}" '
        f'width="{number(drawing.width * scale)}pt" height="{number(drawing.height * scale)}pt">'
    )
    parts = [
        root,
        f'<title id="{name}-title">{_words(drawing.title)}</title>'
        f'<desc id="{name}-desc">{_words(drawing.description)}</desc>',
    ]
    if alone:
        paper = PALETTE["paper"].light
        parts.append(f"<style>\n{style()}\nsvg.drawing{{color-scheme:light dark}}\n</style>")
        parts.append(f'<rect class="paper" width="{width}" height="{height}" fill="{paper}"/>')
    parts += [_group(group, printer) for group in drawing.groups]
    return "\n".join((*parts, "</svg>\n"))


def _words(text: str) -> str:
    """Text in which nothing is markup, and no sign turns round what stands beside it."""
    return escape("".join(c if c.isprintable() else " " for c in text))


def _group(group: Group, printer: MathmlPrinter) -> str:
    classes = [group.role, *(["on"] if group.on else [])]
    classes += [f"m{group.mark}"] if group.mark is not None else []
    data = f' data-id="{_words(group.id)}"' if group.id else ""
    title = f"<title>{_words(group.title)}</title>" if group.title else ""
    plain = look(group)
    inside = "".join(text for shape in group.shapes for text in _shape(shape, plain, printer))
    return f'<g class="{" ".join(classes)}"{data}>{title}{inside}</g>'


def _stroke(plain: Look) -> str:
    dash = f' stroke-dasharray="{" ".join(map(number, plain.dash))}"' if plain.dash else ""
    colour = PALETTE[plain.stroke].light
    return f' stroke="{colour}" stroke-width="{number(plain.width)}"{dash}'


def _fill(plain: Look) -> str:
    return PALETTE[plain.fill].light if plain.fill else "none"


def _points(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{number(x)},{number(y)}" for x, y in points)


def _shape(shape: Shape, plain: Look, printer: MathmlPrinter) -> Iterable[str]:
    match shape:
        case Line(arrow=True):
            line, head = arrow_head(shape, plain.width)
            yield from _shape(line, plain, printer)
            colour = PALETTE[plain.stroke].light
            yield f'<polygon class="f" points="{_points(head)}" fill="{colour}"/>'
        case Line(x1, y1, x2, y2):
            ends = zip(("x1", "y1", "x2", "y2"), (x1, y1, x2, y2), strict=True)
            places = " ".join(f'{name}="{number(value)}"' for name, value in ends)
            yield f'<line class="s" {places}{_stroke(plain)}/>'
        case Curve(points, closed, own):
            tag = "polygon" if closed else "polyline"
            fill, body = (_fill(plain), "s b") if closed else ("none", "s")
            if own is not None:
                body, fill = f"s {shade(own)}", PALETTE[shade(own)].light
            places = _points(points)
            yield f'<{tag} class="{body}" points="{places}" fill="{fill}"{_stroke(plain)}/>'
        case Circle(x, y, radius):
            place = f'cx="{number(x)}" cy="{number(y)}" r="{number(radius)}"'
            yield f'<circle class="s b" {place} fill="{_fill(plain)}"{_stroke(plain)}/>'
        case Box(x, y, width, height, None):
            place = _rect(x, y, width, height)
            yield f'<rect class="s b" {place} fill="{_fill(plain)}"{_stroke(plain)}/>'
        case Box(x, y, width, height, own) if own is not None:
            name = shade(own)
            place = _rect(x, y, width, height)
            yield f'<rect class="{name}" {place} fill="{PALETTE[name].light}"/>'
        case Label():
            yield from _label(shape, plain, printer)


def _rect(x: float, y: float, width: float, height: float) -> str:
    place = f'x="{number(x)}" y="{number(y)}"'
    return f'{place} width="{number(width)}" height="{number(height)}"'


def laid(label: Label, printer: MathmlPrinter) -> Laid:
    """A label's letters, from the beginning of its baseline."""
    content = label.content
    if isinstance(content, str):
        return laid_words(content, label.size)
    if isinstance(content, Equation):
        return laid_formula(printer.one_line(content), label.size)
    return laid_formula(printer.line(content), label.size)


def box_of(label: Label, printer: MathmlPrinter) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a label, its plate included if it has one."""
    return _box(label, laid(label, printer))


def _box(label: Label, found: Laid) -> tuple[float, float, float, float]:
    left = label.x - _ANCHORS[label.anchor] * found.width
    line = label.y + MIDDLE * label.size
    margin = MARGIN if label.plate else 0.0
    top, bottom = line - found.up - margin, line + found.down + margin
    return left - margin, top, left + found.width + margin, bottom


def _label(label: Label, plain: Look, printer: MathmlPrinter) -> Iterable[str]:
    origin = laid(label, printer)
    left = label.x - _ANCHORS[label.anchor] * origin.width
    found = origin.moved(left, label.y + MIDDLE * label.size)
    colour = PALETTE[plain.text].light
    if label.plate:
        left, top, right, bottom = _box(label, origin)
        place = _rect(left, top, right - left, bottom - top)
        yield f'<rect class="plate" {place} fill="{PALETTE["paper"].light}"/>'
    if found.runs:
        runs = "".join(map(_run, found.runs))
        yield f'<text class="t" fill="{colour}">{runs}</text>'
    for stroke in found.strokes:
        points = _points(stroke.points)
        yield (
            f'<polyline class="u" points="{points}" fill="none" stroke="{colour}" '
            f'stroke-width="{number(0.5 * label.size)}"/>'
        )


def _run(run: Run) -> str:
    place = f'x="{number(run.x)}" y="{number(run.y)}" font-size="{number(run.size * TEXT)}"'
    slant = ' class="i" font-style="italic"' if run.italic else ""
    return f"<tspan {place}{slant}>{_words(run.text)}</tspan>"

"""Formulas in SVG: what `mathml` writes, laid out as text at fixed places.

SVG has no formulas, and a file of its own may hold nothing else, so each run of letters gets its
place here, by widths that are those of TeX's letters.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from unicodedata import combining, east_asian_width
from xml.etree import ElementTree

from tracer.typeset.picture import MIDDLE, TEXT

# in parts of the size: Computer Modern, than which Times is a little narrower
_WIDTHS = {
    letter: width
    for letters, width in (
        ("ijl.,;:'′ |⋅·", 0.29),
        ("frst()[]/-I", 0.4),
        ("ceoagxyz0123456789∂", 0.5),
        ("bdhknpquvS", 0.556),
        ("FJLZ", 0.63),
        ("CEPT", 0.7),
        ("ABDHKNRUVXYw", 0.76),
        ("GOQ+−=≈∈⊙", 0.78),
        ("m∑∇", 0.85),
        ("MW…⋯→", 1.0),
    )
    for letter in letters
} | {"M": 0.92}
# the least size of letters, in parts of running text, and how much smaller each level is
_LEAST, _SMALLER = 0.5, 0.7
_UP, _DOWN = 0.7, 0.22
# how much wider capitals are in italics
_CAPITAL = 1.15
_SPACED = frozenset("+−=≈→⊙∈")


@dataclass(frozen=True, slots=True)
class Run:
    """Letters from (x, y), their baseline, in a size relative to running text."""

    x: float
    y: float
    text: str
    size: float
    italic: bool


@dataclass(frozen=True, slots=True)
class Stroke:
    """A thin line through points: the bar of a fraction, the sign of a root."""

    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Laid:
    """A formula of this width, so far ``up`` and ``down`` from its baseline, which is y = 0."""

    width: float
    up: float
    down: float
    runs: tuple[Run, ...] = ()
    strokes: tuple[Stroke, ...] = ()

    def moved(self, x: float, y: float) -> Laid:
        """The same elsewhere."""
        return Laid(
            self.width,
            self.up - y,
            self.down + y,
            tuple(replace(run, x=run.x + x, y=run.y + y) for run in self.runs),
            tuple(
                Stroke(tuple((at + x, height + y) for at, height in stroke.points))
                for stroke in self.strokes
            ),
        )


def width_of(text: str) -> float:
    """The width of letters in running text, in points."""
    return TEXT * sum(map(_letter, text))


def _letter(letter: str) -> float:
    if combining(letter):
        return 0.0
    if letter in _WIDTHS:
        return _WIDTHS[letter]
    if east_asian_width(letter) in "WF":
        return 1.0
    return 0.72 if letter.isupper() else 0.53


def laid_words(text: str, size: float) -> Laid:
    """Words on one line."""
    return _run(text, size, italic=False)


@lru_cache(maxsize=4096)  # a label is tried at many places, and written on many pictures
def laid_formula(mathml: str, size: float) -> Laid:
    """The inside of a ``math`` element of ours on one line."""
    # S314: what `MathmlPrinter` wrote, in which words are escaped; there are no entities in it
    return _row(ElementTree.fromstring(f"<math>{mathml}</math>"), size)  # noqa: S314


def _run(text: str, size: float, italic: bool, before: float = 0.0, after: float = 0.0) -> Laid:
    up, down = size * TEXT * _UP, size * TEXT * _DOWN
    slanted = _CAPITAL if italic and text.isupper() else 1.0
    width = size * (slanted * width_of(text) + TEXT * (before + after))
    run = Run(size * TEXT * before, 0.0, text, size, italic)
    return Laid(width, up, down, (run,) if text.strip() else ())


def _joined(parts: Iterable[Laid]) -> Laid:
    """Parts that are in their places, as one."""
    all_parts = tuple(parts)
    return Laid(
        max((part.width for part in all_parts), default=0.0),
        max((part.up for part in all_parts), default=0.0),
        max((part.down for part in all_parts), default=0.0),
        tuple(run for part in all_parts for run in part.runs),
        tuple(stroke for part in all_parts for stroke in part.strokes),
    )


def _row(elements: Iterable[ElementTree.Element], size: float) -> Laid:
    x = 0.0
    parts = []
    for element in elements:
        part = _laid(element, size)
        parts.append(part.moved(x, 0.0))
        x += part.width
    return replace(_joined(parts), width=x)


def _laid(element: ElementTree.Element, size: float) -> Laid:
    inside = list(element)
    match element.tag:
        case "math" | "mrow":
            return _row(inside, size)
        case "mi":
            text = element.text or ""
            upright = len(text) > 1 or "mathvariant" in element.attrib or text in "∂∇…⋯⊤"
            return _run(text, size, italic=not upright)
        case "mn" | "mtext":
            return _run(element.text or "", size, italic=False)
        case "mo":
            return _sign(element, size)
        case "mspace":
            width = float(element.attrib["width"].removesuffix("em"))
            return Laid(size * TEXT * width, 0.0, 0.0)
        case "msub":
            return _scripted(inside[0], inside[1], None, size)
        case "msup":
            return _scripted(inside[0], None, inside[1], size)
        case "msubsup":
            return _scripted(inside[0], inside[1], inside[2], size)
        case "munder" | "munderover" | "mover":
            return _stacked(inside, element.tag == "mover", size)
        case "mfrac":
            return _fraction(inside[0], inside[1], size)
        case "msqrt":
            return _root(inside, size)
    raise TypeError(f"no picture has a label with {element.tag}")


def _sign(element: ElementTree.Element, size: float) -> Laid:
    text = element.text or ""
    if text in "\u2061\u2062":  # of a function, and of a product without a dot: not to be seen
        return Laid(0.0, 0.0, 0.0)
    tight = "lspace" in element.attrib or element.get("form") == "prefix"
    if text == ",":
        return _run(text, size, False, after=0.0 if tight else 0.17)
    room = 0.0 if tight else 0.24 if text in _SPACED else 0.17 if text == "⋅" else 0.0
    return _run(text, size, False, room, room)


def _scripted(
    base: ElementTree.Element,
    below: ElementTree.Element | None,
    above: ElementTree.Element | None,
    size: float,
) -> Laid:
    """A letter with an index below, one above, or both, which then stand over each other."""
    letter = _laid(base, size)
    small = max(_SMALLER * size, _LEAST)
    both = below is not None and above is not None
    parts, widths = [letter], [0.0]
    for element, shift in ((below, 0.25 if both else 0.18), (above, -0.40)):
        if element is not None:
            tall = max(letter.up / (TEXT * size) - _UP, 0.0) if shift < 0 else 0.0
            script = _laid(element, small)
            parts.append(script.moved(letter.width, (shift - tall) * TEXT * size))
            widths.append(script.width)
    return replace(_joined(parts), width=letter.width + max(widths) + 0.04 * TEXT * size)


def _stacked(inside: list[ElementTree.Element], is_over: bool, size: float) -> Laid:
    """A sign with what stands right below it and above it; a hat over a letter."""
    base = _laid(inside[0], size)
    small = max(_SMALLER * size, _LEAST)
    is_hat = is_over and (inside[1].text or "") == "^"
    parts = [_laid(part, size if is_hat else small) for part in inside[1:]]
    width = max(base.width, *(part.width for part in parts))
    found = [base.moved((width - base.width) / 2, 0.0)]
    for position, part in enumerate(parts):
        over = is_over or position == 1
        y = -base.up - part.down if over else base.down + part.up
        y = -0.05 * TEXT * size if is_hat else y
        found.append(part.moved((width - part.width) / 2, y))
    return replace(_joined(found), width=width)


def _fraction(above: ElementTree.Element, below: ElementTree.Element, size: float) -> Laid:
    small = max(0.8 * size, _LEAST)
    top, bottom = _laid(above, small), _laid(below, small)
    gap, axis = 0.12 * TEXT * size, -MIDDLE * size
    width = max(top.width, bottom.width) + 0.2 * TEXT * size
    bar = Stroke(((0.05 * TEXT * size, axis), (width - 0.05 * TEXT * size, axis)))
    parts = (
        top.moved((width - top.width) / 2, axis - gap - top.down),
        bottom.moved((width - bottom.width) / 2, axis + gap + bottom.up),
        Laid(width, 0.0, 0.0, (), (bar,)),
    )
    return replace(_joined(parts), width=width)


def _root(inside: list[ElementTree.Element], size: float) -> Laid:
    body = _row(inside, size)
    unit = TEXT * size
    sign, top = 0.6 * unit, -body.up - 0.1 * unit
    corners = (0.0, -0.3 * unit), (0.25 * unit, body.down), (0.5 * unit, top)
    stroke = Stroke((*corners, (sign + body.width, top)))
    whole = _joined((body.moved(sign, 0.0), Laid(0.0, -top, 0.0, (), (stroke,))))
    return replace(whole, width=sign + body.width)

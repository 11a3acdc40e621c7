"""Pictures: the same places in SVG, TikZ and Typst, read back from each by code of its own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tracer
from tests.test_latex import HOSTILE, compile_latex
from tests.test_typst import compiled
from tracer.drawing import MARKS, Box, Circle, Curve, Drawing, Group, Label, Line, Role, Shape
from tracer.formula import Apply, Equation, Formula, Part, Partial, Power, Prod, Var, whole
from tracer.typeset import LatexPrinter, TypstPrinter
from tracer.typeset.picture import LOOKS, PALETTE, look
from tracer.typeset.svg import style, svg
from tracer.typeset.tikz import tikz
from tracer.typeset.typst_drawing import typst

SYMBOLS = tracer.solve(tracer.load(tracer.DECK)).solved.symbols
_NUMBER = r"(-?[0-9.]+)"
_SVG = "{http://www.w3.org/2000/svg}"

Place = tuple[float, ...]


def in_svg(drawing: Drawing) -> str:
    return svg(drawing, SYMBOLS)


def in_tikz(drawing: Drawing) -> str:
    return tikz(drawing, LatexPrinter(SYMBOLS, 400))


def in_typst(drawing: Drawing) -> str:
    return typst(drawing, TypstPrinter(SYMBOLS, 400))


def _rounded(*values: float) -> Place:
    return tuple(round(value, 1) + 0.0 for value in values)


def _pairs(text: str) -> Place:
    return _rounded(*map(float, re.findall(_NUMBER, text)))


def places_in_svg(text: str) -> list[tuple[str, Place]]:
    """Every shape with its numbers; of a label, the height of its line."""
    found = []
    for element in ElementTree.fromstring(text).iter():
        kind = element.tag.removeprefix(_SVG)
        values = element.attrib
        if kind == "circle":
            found.append((kind, _rounded(*(float(values[name]) for name in ("cx", "cy", "r")))))
        # the paper itself stands at no place
        elif kind == "rect" and values["class"] != "plate" and "x" in values:
            size = (float(values[name]) for name in ("x", "y", "width", "height"))
            found.append((kind, _rounded(*size)))
        elif kind == "line":
            ends = (float(values[name]) for name in ("x1", "y1", "x2", "y2"))
            found.append(("path", _rounded(*ends)))
        elif kind in ("polyline", "polygon") and values["class"] != "u":
            found.append(("path", _pairs(values["points"])))
        elif kind == "text":
            found.append(("label", _rounded(float(element[0].attrib["y"]))))
    return found


def places_in_tikz(text: str) -> list[tuple[str, Place]]:
    found = []
    for line in text.splitlines():
        start = re.match(rf"\\(path|node)\[[^\]]*\] (?:at )?\({_NUMBER},{_NUMBER}\)", line)
        if start is None:
            continue
        x, y = float(start[2]), float(start[3])
        rest = line[start.end() :]
        if start[1] == "node":
            found.append(("label", _rounded(y)))
        elif rest.startswith(" circle"):
            (radius,) = re.findall(rf"radius={_NUMBER}pt", rest)
            found.append(("circle", _rounded(x, y, float(radius))))
        elif rest.startswith(" rectangle"):
            x2, y2 = map(float, re.findall(_NUMBER, rest))
            found.append(("rect", _rounded(x, y, x2 - x, y2 - y)))
        else:
            places = re.findall(rf"\({_NUMBER},{_NUMBER}\)", line)
            found.append(("path", _rounded(*(float(value) for pair in places for value in pair))))
    return found


def places_in_typst(text: str) -> list[tuple[str, Place]]:
    found = []
    for line in re.sub(r"dash: \([^)]*\)", "", text).splitlines()[2:]:
        moved = re.match(rf" *place\(dx: {_NUMBER}pt, dy: {_NUMBER}pt, (\w+)", line)
        if label := re.match(rf" *label\({_NUMBER}, {_NUMBER}", line):
            found.append(("label", _rounded(float(label[2]))))
        elif moved and moved[3] == "circle":
            (radius,) = re.findall(rf"radius: {_NUMBER}pt", line)
            r = float(radius)
            found.append(("circle", _rounded(float(moved[1]) + r, float(moved[2]) + r, r)))
        elif moved:
            size = re.findall(rf"(?:width|height): {_NUMBER}pt", line)
            found.append(("rect", _rounded(*map(float, (moved[1], moved[2], *size)))))
        elif line.strip() != "})":
            places = re.findall(rf"\({_NUMBER}pt, {_NUMBER}pt\)", line)
            found.append(("path", _rounded(*(float(value) for pair in places for value in pair))))
    return found


# each begins on the line that it stands on
FORMULAS: tuple[Formula | Equation | str, ...] = (
    "words & <more>",
    Var("w1[1,2]"),
    Var("l0[1]"),
    Prod((whole(2), Power(Var("l1[1]"), 2))),
    Apply("sqrt", Var("p1[1]")),
    Equation(Var("loss"), (Part("=", whole(12)),)),
)
FRACTION = Partial("loss", "l2[1]")
_at = st.integers(-20, 4000).map(lambda value: value / 10)
_length = st.integers(1, 900).map(lambda value: value / 10)
_shade = st.none() | st.integers(-10, 10).map(lambda value: value / 10)
SHAPES: st.SearchStrategy[Shape] = st.one_of(
    st.builds(Line, _at, _at, _at, _at, st.booleans()),
    st.builds(Curve, st.lists(st.tuples(_at, _at), min_size=2).map(tuple), st.booleans()),
    st.builds(Circle, _at, _at, _length),
    st.builds(Box, _at, _at, _length, _length, _shade),
    st.builds(
        Label,
        _at,
        _at,
        st.sampled_from(FORMULAS),
        st.sampled_from(("start", "middle", "end")),
        st.sampled_from((0.6, 0.8, 1.0)),
        st.booleans(),
    ),
)
GROUPS = st.builds(
    Group,
    st.sampled_from(get_args(Role)),
    st.lists(SHAPES, max_size=4).map(tuple),
    on=st.booleans(),
    mark=st.none() | st.integers(1, len(MARKS)),
)
DRAWINGS = st.builds(
    Drawing,
    _length,
    _length,
    st.lists(GROUPS, max_size=4).map(tuple),
    st.just("title"),
    st.just("description"),
)


@given(DRAWINGS)
def test_all_formats_have_the_same_places(drawing: Drawing) -> None:
    places = places_in_svg(in_svg(drawing))
    assert _close(places, places_in_tikz(in_tikz(drawing)))
    assert _close(places, places_in_typst(in_typst(drawing)))


def _close(places: list[tuple[str, Place]], others: list[tuple[str, Place]]) -> bool:
    """Equal but for the rounding of sums of two lengths."""
    return [kind for kind, _ in places] == [kind for kind, _ in others] and all(
        found == pytest.approx(other, abs=0.11)
        for (_, found), (_, other) in zip(places, others, strict=True)
    )


def test_a_place_that_differs_is_noticed() -> None:
    drawing = _drawing(Group("neuron", (Circle(10, 20, 5), Label(10, 20, Var("l1[1]")))))
    other = _drawing(Group("neuron", (Circle(10, 21, 5), Label(10, 20, Var("l1[1]")))))
    places = places_in_svg(in_svg(drawing))
    assert places == [("circle", (10, 20, 5)), ("label", (22.5,))]
    assert not _close(places, places_in_tikz(in_tikz(other)))
    assert not _close(places, places_in_typst(in_typst(other)))


def _drawing(*groups: Group, title: str = "t", description: str = "d") -> Drawing:
    return Drawing(200, 160, groups, title, description)


def every_look(words: str) -> Drawing:
    """Each role, plain and on a path, with every mark, with words in all places for words."""
    shapes = (
        *(Line(10, 10, 60, 20, arrow) for arrow in (False, True)),
        *(Curve(((10, 40), (40, 60), (60, 40)), closed) for closed in (False, True)),
        Circle(100, 30, 12),
        *(Box(80, 60, 20, 10, shade) for shade in (None, -0.4, 0.0, 1.0)),
        *(
            Label(100, 90, content, plate=True, size=0.8)
            for content in (*FORMULAS, FRACTION, words)
        ),
    )
    roles: tuple[Role, ...] = get_args(Role)
    marks = (None, *range(1, len(MARKS) + 1))
    groups = [
        Group(role, shapes, words, words, on, mark)
        for role in roles
        for on, mark in [(False, None), *((True, mark) for mark in marks)]
    ]
    return _drawing(*groups, title=words, description=words)


@pytest.mark.parametrize("words", HOSTILE)
def test_every_look_compiles_and_words_are_only_words(words: str, tmp_path: Path) -> None:
    drawing = every_look(words)
    root = ElementTree.fromstring(in_svg(drawing))
    plain = ElementTree.fromstring(in_svg(every_look("x")))
    assert [element.tag for element in root.iter()] == [element.tag for element in plain.iter()]
    assert root[0].text == "".join(c if c.isprintable() else " " for c in words)
    head = r"\documentclass{article}\usepackage{iftex}\ifPDFTeX\usepackage[T1]{fontenc}\fi"
    head += r"\usepackage{lmodern,amsmath,tikz}\newcommand{\unicodechar}[1]{[U+#1]}"
    document = rf"{head}\begin{{document}}\noindent{in_tikz(drawing)}\end{{document}}"
    assert compile_latex(document, tmp_path) == []
    _, warnings = compiled(f'#set text(font: "New Computer Modern")\n#{in_typst(drawing)}')
    assert warnings == []


def test_the_bar_of_a_fraction_is_its_middle_line() -> None:
    root = ElementTree.fromstring(in_svg(_drawing(Group("note", (Label(50, 60, FRACTION),)))))
    (bar,) = root.iter(f"{_SVG}polyline")
    (x1, y1), (x2, y2) = (map(float, place.split(",")) for place in bar.attrib["points"].split())
    assert y1 == y2 == 60
    assert x1 + x2 == pytest.approx(100, abs=0.1)


def test_roles_marks_and_ids_are_in_the_svg() -> None:
    drawing = _drawing(Group("edge", (Line(0, 0, 9, 9),), "w1[1,2]", "a weight", True, 2))
    root = ElementTree.fromstring(svg(drawing, SYMBOLS, "one"))
    (group,) = root.iter(f"{_SVG}g")
    assert group.attrib == {"class": "edge on m2", "data-id": "w1[1,2]"}
    assert group.findtext(f"{_SVG}title") == "a weight"
    assert root.attrib["aria-labelledby"] == "one-title one-desc"
    assert {element.get("id") for element in root.iter()} == {None, "one-title", "one-desc"}


def test_a_part_of_a_page_has_no_style_of_its_own() -> None:
    drawing = _drawing(Group("edge", (Line(0, 0, 9, 9),)))
    assert "<style" not in svg(drawing, SYMBOLS, alone=False)
    assert style() in svg(drawing, SYMBOLS)


def test_a_path_is_wider_and_of_another_colour() -> None:
    for role, plain in LOOKS.items():
        on = look(Group(role, (), on=True))
        assert on.width >= 2 * plain.width
        if role in ("edge", "bias", "neuron", "input"):
            assert (on.stroke, on.fill) != (plain.stroke, plain.fill)
    marked = [look(Group("edge", (), on=True, mark=n)) for n in range(1, len(MARKS) + 1)]
    assert len({one.stroke for one in marked}) == len({one.dash for one in marked}) == len(MARKS)


def contrast(one: str, other: str) -> float:
    """Of two colours: https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio."""
    lights = []
    for colour in (one, other):
        channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        lights.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)
    return max(lights) / min(lights)


@pytest.mark.parametrize("paper", ["light", "dark"])
def test_labels_can_be_read(paper: str) -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    names = {*(plain.text for plain in LOOKS.values()), *(f"m{n}" for n in range(1, 6))}
    grounds = {"paper", *(plain.fill for plain in LOOKS.values() if plain.fill)}
    for name in names:
        for ground in grounds if name == "ink" else {"paper"}:
            colours = getattr(PALETTE[name], paper), getattr(PALETTE[ground], paper)
            assert contrast(*colours) >= 4.5, (name, ground)
    on = {getattr(PALETTE[look(Group(role, (), on=True)).fill or "paper"], paper) for role in LOOKS}
    assert all(contrast(getattr(PALETTE["ink"], paper), ground) >= 4.5 for ground in on)

"""Pictures in a browser: letters are as wide as was reckoned, colours are those of the paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tracer
from tests.browser import Browser, browser
from tests.conftest import EXAMPLES
from tracer.diagrams.pictures import overview, path
from tracer.drawing import Circle, Drawing, Group, Label
from tracer.formula import Var
from tracer.typeset.mathml import MathmlPrinter
from tracer.typeset.picture import PALETTE
from tracer.typeset.svg import box_of, style, svg

# every text of a page with its box in the picture's own unit
_TEXTS = """
    const pictures = [...document.querySelectorAll("svg.drawing")];
    return pictures.map(svg => [...svg.querySelectorAll("text")]
        .map(text => [text.textContent, text.getBBox()])
        .map(([text, box]) => [text, box.x, box.x + box.width]));
"""
# letters may stick out of their box by this, in points: less than a plate leaves free around them
_SLACK = 1.0


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as found:
        yield found


def boxes(drawing: Drawing, symbols: Any) -> list[tuple[float, float]]:
    """From where to where each label is reckoned to reach, without its plate."""
    printer = MathmlPrinter(symbols, 0.0)
    labels = (s for g in drawing.groups for s in g.shapes if isinstance(s, Label))
    found = []
    for label in labels:
        left, _, right, _ = box_of(label, printer)
        margin = 1.2 if label.plate else 0.0
        found.append((left + margin, right - margin))
    return found


def misplaced(window: Browser, folder: Path, some: list[tuple[Drawing, Any]]) -> list[str]:
    """The labels whose letters are not where they are reckoned to be, or not in their middle."""
    pictures = "\n".join(
        svg(drawing, symbols, f"picture-{number}", alone=False)
        for number, (drawing, symbols) in enumerate(some)
    )
    file = folder / "pictures.html"
    file.write_text(f"<!DOCTYPE html><meta charset=utf-8><style>{style()}</style>{pictures}")
    window.open(file)
    found = []
    for (drawing, symbols), texts in zip(some, window.run(_TEXTS), strict=True):
        for (left, right), (text, x, end) in zip(boxes(drawing, symbols), texts, strict=True):
            if x < left - _SLACK or end > right + _SLACK:
                found.append(f"{drawing.title}: {text} from {x} to {end}, not {left} to {right}")
            if abs((x + end) / 2 - (left + right) / 2) > 0.1 * (right - left) + _SLACK:
                found.append(f"{drawing.title}: {text} is not in the middle")
    return found


def test_letters_are_where_they_are_reckoned_to_be(window: Browser, tmp_path: Path) -> None:
    some = []
    for example in EXAMPLES:
        s = tracer.solve(tracer.load(example)).solved
        names = s.trace.graph.parameters
        drawings = [overview(s), path(s, names[0]), path(s, names[-1])]
        some += [(drawing, s.symbols) for drawing in drawings if drawing is not None]
    assert len(some) > 90
    assert misplaced(window, tmp_path, some) == []


def test_letters_elsewhere_are_noticed(window: Browser, tmp_path: Path) -> None:
    symbols = tracer.solve(tracer.load(tracer.DECK)).solved.symbols
    wide = Drawing(90, 90, (Group("note", (Label(40, 40, "𝕎" * 9),)),), "wide", "")
    assert len(misplaced(window, tmp_path, [(wide, symbols)])) > 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_are_those_of_the_paper(window: Browser, scheme: str, tmp_path: Path) -> None:
    symbols = tracer.solve(tracer.load(tracer.DECK)).solved.symbols
    shapes = Circle(40, 40, 12), Label(40, 40, Var("l1[1]"))
    drawing = Drawing(90, 90, (Group("neuron", shapes, on=True, mark=2),), "title", "description")
    file = tmp_path / "picture.svg"
    file.write_text(svg(drawing, symbols), encoding="utf-8")
    window.media(prefers_color_scheme=scheme)
    window.open(file)
    colours = {
        (".paper", "fill"): "paper",
        ("circle", "stroke"): "m2",
        ("circle", "fill"): "glow",
        ("text", "fill"): "m2",
    }
    for (selector, name), colour in colours.items():
        script = "return getComputedStyle(document.querySelector(arguments[0]))[arguments[1]]"
        wanted = getattr(PALETTE[colour], scheme)
        red, green, blue = (int(wanted[at : at + 2], 16) for at in (1, 3, 5))
        assert window.run(script, selector, name) == f"rgb({red}, {green}, {blue})", selector
    window.media()


def test_a_picture_as_a_file_asks_for_nothing(window: Browser, tmp_path: Path) -> None:
    file = tmp_path / "net.svg"
    file.write_text(tracer.solve(tracer.load(tracer.DECK)).render("svg"), encoding="utf-8")
    window.complaints()
    window.requests()
    window.open(file)
    assert window.complaints() == []
    assert [url for url in window.requests() if not url.startswith("file:")] == []

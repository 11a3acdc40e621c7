"""Plots: what they show is what an independent reference computes, whatever the problem."""

from __future__ import annotations

import math
import re
import tomllib
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tracer
from tests import reference
from tests.conftest import EXAMPLES, ROOT
from tests.test_cli import run
from tracer.blocks import Figure, Heading
from tracer.drawing import Box, Circle, Curve, Drawing, Group, Label, Line
from tracer.formula import Num
from tracer.outline.page import page as outlined
from tracer.plots import plots, running, stacked, why_none
from tracer.plots.contours import bands, lines, regions, straightened
from tracer.plots.outputs import plane_range
from tracer.plots.pages import with_plots
from tracer.plots.scale import linear, logarithmic
from tracer.solved import Solved
from tracer.typeset.picture import shade
from tracer.typeset.svg import svg


def example(name: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / "examples" / f"{name}.toml").read_text(encoding="utf-8"))


def drawings(given: Any) -> list[Drawing]:
    return [plot.drawing for plot in plots(tracer.solve(tracer.load(given)).solved)]


def ends(drawing: Drawing) -> list[tuple[float, float]]:
    """The corners of all shapes, and where labels are."""
    found = []
    for group in drawing.groups:
        for shape in group.shapes:
            match shape:
                case Line():
                    found += [(shape.x1, shape.y1), (shape.x2, shape.y2)]
                case Curve():
                    found += shape.points
                case Circle(x, y, r):
                    found += [(x - r, y - r), (x + r, y + r)]
                case Box(x, y, width, height):
                    found += [(x, y), (x + width, y + height)]
                case Label():
                    found.append((shape.x, shape.y))
    return found


# All examples


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_has_plots_or_says_why_not(path: Path) -> None:
    solved = tracer.solve(tracer.load(path)).solved
    found = plots(solved)
    assert bool(found) != bool(why_none(solved))
    for plot in found:
        drawing = plot.drawing
        for x, y in ends(drawing):
            assert -0.01 <= x <= drawing.width + 0.01, drawing.title
            assert -0.01 <= y <= drawing.height + 0.01, drawing.title
        assert drawing.width <= 468, "wider than the text on paper"
        assert drawing.description.endswith(".")
        assert re.search(r"\d", drawing.description), "the words are of the numbers"
        # a row of a graph has two numbers; all else is lines
        most = 22_000 if drawing.title == "Values" else 15_000
        assert len(svg(drawing, solved.symbols, alone=False)) < most, drawing.title


# The plane


def inside(point: tuple[float, float], outline: Any) -> bool:
    """Whether a ray to the right crosses an outline an odd number of times."""
    (x, y), found = point, False
    for (x1, y1), (x2, y2) in zip(outline, (*outline[1:], outline[0]), strict=True):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
            found = not found
    return found


def painted(group: Group, point: tuple[float, float]) -> float:
    """The shade that is painted last at a point."""
    found = math.nan
    for shape in group.shapes:
        if isinstance(shape, Box):
            found = shape.shade if shape.shade is not None else math.nan
        if isinstance(shape, Curve) and inside(point, shape.points):
            assert shape.shade is not None
            found = shape.shade
    return found


def net_at(given: dict[str, Any], state: int) -> reference.Network:
    """The reference's network after some updates."""
    net = reference.read(given, as_float=True)
    if state:
        found = reference.solve(given, as_float=True)
        for i, layer in enumerate(net.layers, start=1):
            for j, row in enumerate(layer.weights, start=1):
                row[:] = [found.get(f"{state}/w{i}[{j},{k}]", w) for k, w in enumerate(row, 1)]
            if layer.biases is not None:
                layer.biases = [
                    found.get(f"{state}/b{i}[{j}]", b) for j, b in enumerate(layer.biases, 1)
                ]
    return net


def outputs_at(net: reference.Network, point: tuple[float, float]) -> list[float]:
    net.inputs = [list(point)]
    return [float(y) for y in reference.forward(net, 0)[1][-1]]


def planes(drawing: Drawing) -> list[Group]:
    """The painted planes, without the bar of the scale."""
    areas = [group for group in drawing.groups if group.role == "area"]
    return [group for group in areas if isinstance(group.shapes[0], Box) and _is_square(group)]


def _is_square(group: Group) -> bool:
    box = group.shapes[0]
    assert isinstance(box, Box)
    return box.width == pytest.approx(box.height) and box.width > 100


def bar(drawing: Drawing) -> tuple[list[float], list[float]]:
    """The numbers beside the scale and the shades between them, read off the picture."""
    boxes = [group.shapes for group in drawing.groups if group.role == "area"][-1]
    frame = [group.shapes for group in drawing.groups if group.role == "frame"][-1]
    labels = [shape for shape in frame if isinstance(shape, Label)]
    labels.sort(key=lambda label: -label.y)
    numbers = []
    for label in labels:
        assert isinstance(label.content, Num)
        numbers.append(float(Fraction(str(label.content.number.value))))
    found = sorted((box for box in boxes if isinstance(box, Box)), key=lambda box: -box.y)
    for low, high, box in zip(labels, labels[1:], found, strict=False):
        assert (box.y + box.height, box.y) == pytest.approx((low.y, high.y))
    return numbers, [box.shade if box.shade is not None else math.nan for box in found]


@pytest.mark.parametrize("name", ["deck", "logistic", "saturated", "two-outputs", "perceptron"])
def test_colours_of_the_plane_are_those_of_the_reference(name: str) -> None:
    given = example(name)
    solved = tracer.solve(tracer.load(given)).solved
    assert isinstance(solved, Solved)
    steps = solved.problem.steps
    (x_low, x_high), (y_low, y_high) = plane_range(solved)
    random, compared = Random(name), 0
    drawn = [own for own in drawings(given) if planes(own)]
    assert len(drawn) == min(3, solved.problem.sizes[-1])
    for k, drawing in enumerate(drawn):
        levels, shades = bar(drawing)
        assert len(shades) == len(levels) - 1
        assert shades == sorted(shades)
        groups = planes(drawing)
        assert len(groups) == 1 + (steps > 0)
        for state, group in zip((0, steps), groups, strict=False):
            net = net_at(given, state)
            box = group.shapes[0]
            assert isinstance(box, Box)
            for _ in range(150):
                x, y = random.uniform(x_low, x_high), random.uniform(y_low, y_high)
                value = outputs_at(net, (x, y))[k]
                step = levels[1] - levels[0]
                if any(abs(value - level) < 0.06 * step for level in levels[1:-1]):
                    continue  # on an edge, where outlines are straightened
                place = (
                    box.x + (x - x_low) / (x_high - x_low) * box.width,
                    box.y + box.height - (y - y_low) / (y_high - y_low) * box.height,
                )
                band = sum(level <= value for level in levels[1:-1])
                assert painted(group, place) == shades[band], (name, x, y, value)
                compared += 1
    assert compared > 100


THREE_CLASSES = [([1, 2], [0, 1, 0]), ([3, 1], [1, 0, 0]), ([-1, 0], [0, 0, 1])]


@pytest.mark.parametrize("count", [2, 3])
def test_regions_are_where_the_reference_has_the_largest_output(count: int) -> None:
    rows = THREE_CLASSES[:count]
    data = [{"inputs": inputs, "targets": targets} for inputs, targets in rows]
    given = example("softmax") | {"data": data}
    solved = tracer.solve(tracer.load(given)).solved
    assert isinstance(solved, Solved)
    (x_low, x_high), (y_low, y_high) = plane_range(solved)
    (drawing,) = (own for own in drawings(given) if planes(own))
    random, by_class = Random(count), dict[int, float]()
    for state, group in enumerate(planes(drawing)):
        net = net_at(given, state)
        box = group.shapes[0]
        assert isinstance(box, Box)
        for _ in range(150):
            x, y = random.uniform(x_low, x_high), random.uniform(y_low, y_high)
            found = outputs_at(net, (x, y))
            best, second = sorted(found)[-1], sorted(found)[-2]
            if best - second < 0.05:
                continue
            place = (
                box.x + (x - x_low) / (x_high - x_low) * box.width,
                box.y + box.height - (y - y_low) / (y_high - y_low) * box.height,
            )
            own = by_class.setdefault(found.index(best), painted(group, place))
            assert painted(group, place) == own
    assert len(set(by_class.values())) == len(by_class) >= 2


def test_marks_tell_the_target_by_shape_and_colour() -> None:
    (drawing,) = (own for own in drawings(example("xor")) if planes(own))
    marks = {
        group.title: group.shapes[0] for group in drawing.groups if group.title.startswith("sample")
    }
    shapes = [mark for mark in marks.values() if isinstance(mark, Curve)]
    kinds = [(len(mark.points), mark.shade) for mark in shapes]
    assert kinds[0] == kinds[3] != kinds[1] == kinds[2]
    assert kinds[0][0] != kinds[1][0]
    assert [mark.shade for mark in shapes] == [-1, 1, 1, -1]


# Contours


grids = st.integers(3, 7).flatmap(
    lambda size: st.lists(
        st.lists(st.integers(-40, 40), min_size=size, max_size=size), min_size=size, max_size=size
    )
)


def between(grid: list[list[float]], x: float, y: float) -> float:
    """The grid's value at a point, linear in two triangles of each cell."""
    i, j = min(int(x), len(grid) - 2), min(int(y), len(grid) - 2)
    u, v = x - i, y - j
    a, b, c, d = grid[i][j], grid[i + 1][j], grid[i + 1][j + 1], grid[i][j + 1]
    return a + u * (b - a) + v * (c - b) if u >= v else a + u * (c - d) + v * (d - a)


@given(grids, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_bands_are_painted_where_the_values_are(grid: list[list[float]], random: Random) -> None:
    size, levels = 40.0, [-20.5, 0.5, 20.5]
    count = len(grid)
    places = [n * size for n in range(count)]
    for ys in (places, [-place for place in places]):  # also upside down
        areas = bands(grid, places, ys, levels)
        base = sum(level <= min(map(min, grid)) for level in levels)
        for _ in range(25):
            x, y = (random.uniform(0, count - 1) for _ in "xy")
            place = (x * size, y * (ys[1] - ys[0]))
            near = [areas_at for areas_at in areas if _near(place, areas_at.points)]
            if near:
                continue
            found = base
            for area in areas:
                found = area.band if inside(place, area.points) else found
            assert found == sum(level <= between(grid, x, y) for level in levels)


def _near(point: tuple[float, float], outline: Any) -> bool:
    pairs = zip(outline, (*outline[1:], outline[0]), strict=True)
    return any(_distance(point, *pair) < 0.5 for pair in pairs)


def _distance(point: Any, start: Any, end: Any) -> float:
    way = complex(*end) - complex(*start)
    if not way:
        return abs(complex(*point) - complex(*start))
    part = ((complex(*point) - complex(*start)) / way).real
    return abs(complex(*point) - complex(*start) - min(max(part, 0), 1) * way)


def test_a_line_ends_at_the_edge_and_a_hole_is_painted_over() -> None:
    places = [float(n) for n in range(11)]
    slope = [[x + y for y in places] for x in places]
    (line,) = lines(slope, places, places, 10.0)
    assert {line[0], line[-1]} == {(0.0, 10.0), (10.0, 0.0)}
    ring = [[-abs(math.hypot(x - 5, y - 5) - 3) for y in places] for x in places]
    outer, hole = bands(ring, places, places, [-1.0])
    assert (outer.band, hole.band) == (1, 0)
    assert not inside((5.1, 5.1), outer.points) or inside((5.1, 5.1), hole.points)
    assert regions([slope, [[10.0] * 11] * 11], places, places)


def test_jumps_are_found_between_the_points_of_the_grid() -> None:
    places = [float(n) for n in range(11)]

    def step(x: float, y: float) -> float:
        return float(x >= 3.3)

    grid = [[step(x, y) for y in places] for x in places]
    (line,) = lines(grid, places, places, 0.5, step)
    assert all(x == pytest.approx(3.3, abs=0.02) for x, _ in line)


@given(st.lists(st.tuples(st.floats(0, 99), st.floats(0, 99)), min_size=2, max_size=40))
def test_straightened_lines_stay_near(points: list[tuple[float, float]]) -> None:
    found = straightened(points, 1.0)
    assert (found[0], found[-1]) == (points[0], points[-1])
    pairs = list(pairwise(found))
    for point in points:
        assert min(_distance(point, *pair) for pair in pairs) <= 1.0 + 1e-9


# Scales


@given(
    st.lists(st.floats(-1e9, 1e9, allow_subnormal=False), min_size=1, max_size=5),
    st.integers(3, 10),
)
def test_ticks_are_few_round_and_on_the_scale(values: list[float], most: int) -> None:
    scale = linear(values, 100.0, 0.0, most)
    ticks = scale.ticks
    assert 2 <= len(ticks) <= most + 1
    gaps = {b - a for a, b in pairwise(ticks)}
    (gap,) = gaps
    digits = f"{float(gap):e}".split("e")[0].rstrip("0").rstrip(".")
    assert digits in ("1", "2", "5")
    places = [scale.at(float(tick)) for tick in ticks]
    assert places == sorted(places, reverse=True)
    assert all(-1e-6 <= scale.at(value) <= 100 + 1e-6 for value in values)


@given(st.lists(st.floats(1e-12, 1e12), min_size=1, max_size=5))
def test_logarithmic_scales(values: list[float]) -> None:
    scale = logarithmic(values, 0.0, 100.0)
    assert scale.low <= min(values) * (1 + 1e-9)
    assert max(values) <= scale.high * (1 + 1e-9)
    assert 2 <= len(scale.ticks) <= 10
    assert list(scale.ticks) == sorted(scale.ticks)


# The loss


def test_losses_of_all_steps_are_those_of_the_reference() -> None:
    given = example("xor") | {"training": {"learning_rate": 1, "steps": 30}}
    solved = tracer.solve(tracer.load(given)).solved
    expected = reference.solve(given, as_float=True)
    found = running.losses(solved)
    assert list(found) == list(range(31))
    for step, value in found.items():
        assert value == pytest.approx(expected[f"{step}/loss" if step else "loss"], rel=1e-9)
    (drawing, *_) = drawings(given)
    dots = [shape for group in drawing.groups for shape in group.shapes if group.role == "curve"]
    (line,) = (shape for shape in dots if isinstance(shape, Curve))
    assert line.points[0][0] < line.points[-1][0]
    assert line.points[0][1] < line.points[-1][1], "y grows downwards: the loss falls"


def test_the_way_of_a_step_is_that_of_other_learning_rates() -> None:
    given = example("deck")
    loss = running.along_step(tracer.solve(tracer.load(given)).solved, 0)
    for part in (0, 1, 2, Fraction(1, 2)):
        rate = Fraction(str(given["training"]["learning_rate"])) * part
        other = {**given, "training": {"steps": 1, "learning_rate": str(rate)}}
        expected = reference.solve(other)["1/loss"]
        assert loss(float(part)) == pytest.approx(float(expected), rel=1e-12)


def test_long_runs_keep_their_ends_and_extremes() -> None:
    random = Random(5)
    found = {n: math.exp(-n / 800) + 0.05 * random.random() for n in range(10_001)}
    found[6_543] = 3.0
    found[7_000] = -1.0
    thinned = running.thinned(found)
    assert len(thinned) <= 200
    assert {0, 1, 2, 3, 6_543, 7_000, 10_000} <= set(thinned)
    assert all(thinned[n] == found[n] for n in thinned)
    steps = list(thinned)
    assert max(b - a for a, b in pairwise(steps)) < 600


def test_words_are_of_the_printed_numbers() -> None:
    first, *_ = drawings(example("deck"))
    assert first.description.startswith("MSE falls from 1.65 to 0.84862 in one step")
    komma = drawings(ROOT / "examples" / "komma.toml")
    assert "1,66856" in komma[0].description
    assert not any(re.search(r"\d\.\d", own.description) for own in komma)
    solved = tracer.solve(tracer.load(ROOT / "examples" / "komma.toml")).solved
    text = svg(komma[0], solved.symbols)
    assert ">1,6<" in text


# What has no plots, and what is hard to draw


def test_a_saturated_network_has_values_everywhere() -> None:
    solved = tracer.solve(tracer.load(example("logistic"))).solved
    assert isinstance(solved, Solved)
    network = running.network_at(solved, 0)
    assert network((-1e6, 1e6)) == pytest.approx((0.0,), abs=1e-9)
    assert network((1e6, -1e6)) == pytest.approx((1.0,), abs=1e-9)


FORMULA = """\
[[layers]]
weights = [[1, -1]]
biases = [0]
formula = "log(p)"
[[data]]
inputs = [2, 1]
targets = 1
"""


def test_a_plane_with_holes_is_left_out() -> None:
    found = tracer.solve(tracer.load(FORMULA))
    with pytest.raises(tracer.InputError, match="no value at some inputs"):
        found.plots.render("html")


@pytest.mark.parametrize("to", ["text", "markdown", "json", "ipynb"])
def test_formats_without_pictures_have_no_plots(to: str) -> None:
    solution = tracer.solve(tracer.load(example("deck")))
    with pytest.raises(tracer.InputError, match=f"plot: {to} can't show plots alone; name a file"):
        solution.plots.render(to)
    result = run("solve", "--plot", "--to", to)
    assert result.exit_code == 2
    assert f"--plot: {to} can't show plots alone" in result.stderr


@pytest.mark.parametrize(
    "option", [("--only", "loss"), ("--detail", "full"), ("--show", "check"), ("--hide", "check")]
)
def test_options_of_the_page_are_not_those_of_plots(option: tuple[str, str]) -> None:
    result = run("solve", "--plot", "--to", "html", *option)
    assert result.exit_code == 2
    assert f"{option[0]}: is for the page; with --plot there are the plots alone" in result.stderr


def test_without_steps_and_plane_there_is_nothing_to_draw(tmp_path: Path) -> None:
    file = tmp_path / "net.toml"
    file.write_text(
        "[[layers]]\nweights = [[1, 2, 3]]\nbiases = [0]\nactivation = 'relu'\n"
        "[[data]]\ninputs = [1, 2, 3]\ntargets = 1\n",
        encoding="utf-8",
    )
    target = tmp_path / "plots.html"
    result = run("solve", str(file), "--plot", "-o", str(target))
    assert result.exit_code == 2
    assert "--plot: there is nothing to draw: without steps" in result.stderr
    assert "3 inputs make no plane" in result.stderr
    assert not target.exists()
    page = tracer.solve(tracer.load(file), detail="full").render("html")
    assert "<h2>Plots" not in page


@pytest.mark.parametrize("to", ["svg", "tikz"])
def test_plots_as_a_picture(to: str) -> None:
    document = tracer.solve(tracer.load(example("deck"))).plots.render(to)
    assert document.count("0.84862") >= 1
    assert document == run("solve", "--plot", "--to", to).output


@pytest.mark.parametrize("to", ["html", "latex", "typst"])
def test_plots_alone(to: str, tmp_path: Path) -> None:
    solution = tracer.solve(tracer.load(example("deck")))
    document = solution.plots.render(to)
    mark = {"html": "<svg xmlns", "latex": r"\begin{tikzpicture}", "typst": "figure(alt:"}[to]
    assert document.count(mark) == 2
    assert "Initial Model" not in document
    again = run("solve", "--plot", "--to", to)
    assert again.output == document


def test_the_full_page_has_plots_before_the_check() -> None:
    solved = tracer.solve(tracer.load(example("deck")), detail="full").solved
    page = with_plots(solved, outlined(solved))
    titles = [block.text for block in page.blocks if isinstance(block, Heading)]
    assert titles.index("MSE") < titles.index("Plots") < titles.index("Check")
    assert sum(isinstance(block, Figure) for block in page.blocks) == 2
    text = tracer.solve(tracer.load(example("deck")), detail="full").render("text")
    assert "Plots" not in text


def test_plots_are_shown_and_hidden() -> None:
    problem = tracer.load(example("deck"))

    def has_plots(**options: str) -> bool:
        page = tracer.solve(problem, **options).page
        return any(isinstance(block, Figure) and block.plot for block in page.blocks)

    assert not has_plots()
    assert has_plots(show="plots")
    assert not has_plots(detail="full", hide="plots")


def test_names_are_never_markup() -> None:
    given = example("deck") | {"title": "<script>alert(1)</script>"}
    given["loss"] = {"name": '<b>&"'}
    document = tracer.solve(tracer.load(given)).plots.render("html")
    assert "<script>alert" not in document
    assert "<b>" not in document
    assert "&lt;b&gt;&amp;" in document


def test_pictures_are_stacked_without_overlap() -> None:
    found = drawings(example("deck"))
    whole = stacked(found)
    assert whole.height == pytest.approx(sum(own.height for own in found) + 18)
    assert len(whole.groups) == sum(len(own.groups) for own in found)
    assert all(-0.01 <= y <= whole.height + 0.01 for _, y in ends(whole))
    assert whole.description == " ".join(own.description for own in found)


def test_shades_are_opaque_colours() -> None:
    assert [shade(value) for value in (-1.0, -0.54, 0.0, 0.04, 0.06, 2.0)] == [
        *("low10", "low5", "paper", "paper", "high1", "high10")
    ]

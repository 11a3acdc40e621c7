"""Diagrams: nothing lies on anything else, paths are the trace's, words say what is drawn."""

from __future__ import annotations

import subprocess
import sys
from itertools import combinations, pairwise
from math import hypot
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import tracer
from tests.conftest import EXAMPLES, ROOT
from tests.strategies import NOTATIONS
from tests.test_latex import compile_latex
from tracer import cli
from tracer.diagrams.pictures import overview, path
from tracer.drawing import Box, Circle, Drawing, Group, Label
from tracer.formula import Partial, Var
from tracer.loading import with_changes
from tracer.solved import Solved, Worked
from tracer.typeset.mathml import MathmlPrinter
from tracer.typeset.svg import box_of, svg

PUBLISHED = sorted((ROOT / "examples" / "published").glob("*.toml"))
_SVG = "{http://www.w3.org/2000/svg}"


def drawings(s: Worked) -> list[Drawing]:
    """All pictures of a problem; of many paths the first, some between, and the last."""
    names = s.trace.graph.parameters
    some = dict.fromkeys((*names[:3], *names[3 :: max(len(names) // 4, 1)], names[-1]))
    found = [overview(s), *(path(s, name) for name in some)]
    return [drawing for drawing in found if drawing is not None]


def collisions(drawing: Drawing, s: Worked) -> list[str]:
    """Labels that lie on another label, or reach into a circle or box that is not theirs."""
    printer = MathmlPrinter(s.symbols, 0.0)
    labels, circles, boxes = [], [], []
    for group in drawing.groups:
        own = [shape for shape in group.shapes if isinstance(shape, Circle | Box)]
        circles += [shape for shape in own if isinstance(shape, Circle)]
        boxes += [shape for shape in own if isinstance(shape, Box)]
        for shape in group.shapes:
            if isinstance(shape, Label):
                labels.append((shape, box_of(shape, printer), own))
    found = []
    for (one, a, _), (other, b, _) in combinations(labels, 2):
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]:
            found.append(f"{one.content} on {other.content}")
    for label, (left, top, right, bottom), own in labels:
        for circle in circles:
            x = min(max(circle.x, left), right)
            y = min(max(circle.y, top), bottom)
            if circle not in own and hypot(circle.x - x, circle.y - y) < circle.radius:
                found.append(f"{label.content} in the circle at {circle.x}, {circle.y}")
        for box in boxes:
            across = left < box.x + box.width and box.x < right
            if box not in own and across and top < box.y + box.height and box.y < bottom:
                found.append(f"{label.content} in the box at {box.x}, {box.y}")
        if left < 0 or top < 0 or right > drawing.width or bottom > drawing.height:
            found.append(f"{label.content} beyond the edge")
    return found


@pytest.mark.parametrize("show", [(), ("values",)])
@pytest.mark.parametrize("file", [*EXAMPLES, *PUBLISHED], ids=lambda file: file.stem)
def test_no_label_lies_on_anything(file: Path, show: tuple[str, ...]) -> None:
    problem = tracer.load(file)
    if show and (problem.page.view in ("matrix", "function") or getattr(problem, "slopes", ())):
        return
    s = tracer.solve(problem, show=show).solved
    for drawing in drawings(s):
        assert collisions(drawing, s) == []
        assert drawing.width <= 480  # of the 481 points between the margins of a page


@pytest.mark.parametrize("notation", NOTATIONS)
def test_no_label_lies_on_anything_in_any_notation(notation: str) -> None:
    for name in ("two-outputs", "softmax", "deep"):
        problem = with_changes(tracer.load(ROOT / f"examples/{name}.toml"), notation=notation)
        s = tracer.solve(problem).solved
        for drawing in drawings(s):
            assert collisions(drawing, s) == []


def network(sizes: tuple[int, ...], last: str = "sigmoid", *, biases: bool = True) -> Solved:
    """A network of a shape, solved."""
    layers = [
        {
            "weights": [[f"0.{1 + (j + k) % 9}" for k in range(before)] for j in range(count)],
            "biases": ["0.1"] * count if biases else False,
            "activation": last if number == len(sizes) - 1 else "tanh",
        }
        for number, (before, count) in enumerate(pairwise(sizes), start=1)
    ]
    softmax = {"loss": {"kind": "cross_entropy"}} if last == "softmax" else {}
    sample = {"inputs": ["0.5"] * sizes[0], "targets": [1, *[0] * (sizes[-1] - 1)]}
    s = tracer.solve(tracer.load({"layers": layers, "data": [sample], **softmax})).solved
    assert isinstance(s, Solved)
    return s


SHAPES = st.lists(st.integers(1, 6), min_size=2, max_size=5).map(tuple)


@settings(max_examples=25, deadline=None)
@given(SHAPES, st.sampled_from(["sigmoid", "softmax"]), st.booleans())
def test_no_label_lies_on_anything_up_to_four_layers_of_six(
    sizes: tuple[int, ...], last: str, biases: bool
) -> None:
    s = network(sizes, last if sizes[-1] > 1 else "sigmoid", biases=biases)
    for drawing in drawings(s):
        assert collisions(drawing, s) == []
        assert drawing.width <= 480


def test_a_collision_is_noticed() -> None:
    s = tracer.solve(tracer.load(tracer.DECK)).solved
    one, two = (Label(20 + x, 20, Var("w1[1,2]")) for x in (0.0, 5.0))
    near, far = Circle(20, 26, 5), Circle(60, 60, 5)
    drawing = Drawing(90, 90, (Group("edge", (one,)), Group("neuron", (far,))), "", "")
    assert collisions(drawing, s) == []
    for shape in (two, near, Box(22, 15, 9, 9), Label(1, 60, "edge")):
        worse = Drawing(90, 90, (*drawing.groups, Group("edge", (shape,))), "", "")
        assert len(collisions(worse, s)) == 1


@pytest.mark.parametrize("name", ["deck", "softmax", "graph"])
def test_letters_are_large_enough_to_be_read_on_paper(name: str) -> None:
    s = tracer.solve(tracer.load(ROOT / f"examples/{name}.toml")).solved
    for drawing in drawings(s):
        letters = ElementTree.fromstring(svg(drawing, s.symbols)).iter(f"{_SVG}tspan")
        assert min(float(run.get("font-size", 0)) for run in letters) >= 5.7
        labels = ElementTree.fromstring(svg(drawing, s.symbols)).iter(f"{_SVG}text")
        largest = [max(float(run.get("font-size", 0)) for run in label) for label in labels]
        assert min(largest) >= 8


def factors_of(drawing: Drawing) -> set[str]:
    return {group.id for group in drawing.groups if group.role == "factor"}


@pytest.mark.parametrize("name", ["deck", "xor", "two-outputs", "deep"])
def test_the_path_has_the_factors_of_the_chain(name: str) -> None:
    solution = tracer.solve(tracer.load(ROOT / f"examples/{name}.toml"))
    for parameter in solution.solved.trace.graph.parameters:
        drawing = path(solution.solved, parameter)
        assert drawing is not None
        chain = solution[f"dloss/d{parameter}"].chain
        all_factors = {factor.id for one in chain for factor in one.factors}
        assert factors_of(drawing) <= all_factors
        if len(chain) == 1:
            assert factors_of(drawing) == all_factors
        # its lines and circles are those of the chain too
        on = {group.id for group in drawing.groups if group.on and group.role == "neuron"}
        neurons = {f.of for one in chain for f in one.factors if f.of[0] == "l"}
        assert on == neurons


def test_marks_follow_the_chain_from_the_loss() -> None:
    s = tracer.solve(tracer.load(tracer.DECK)).solved
    drawing = path(s, "w1[1,2]")
    assert drawing is not None
    marks = {group.id: group.mark for group in drawing.groups if group.role == "factor"}
    assert marks == {
        "dloss/dl2[1]": 1,
        "dl2[1]/dp2[1]": 2,
        "dp2[1]/dl1[1]": 3,
        "dl1[1]/dp1[1]": 4,
        "dp1[1]/dw1[1,2]": 5,
    }
    edges = {g.id: g.mark for g in drawing.groups if g.role == "edge" and g.on}
    assert edges == {"w1[1,2]": 5, "w2[1,1]": 3, "dloss/dl2[1]": 1}


def test_what_is_shared_is_drawn_at_each_of_its_places() -> None:
    s = tracer.solve(tracer.load(ROOT / "examples" / "shared-weights.toml")).solved
    assert isinstance(s, Solved)
    for name in s.trace.graph.parameters:
        drawing = path(s, name)
        assert drawing is not None
        on = {group.id for group in drawing.groups if group.on and group.shapes}
        assert set(s.problem.places(name)) <= on


def test_softmax_has_an_edge_from_each_pre_activation_to_each_output() -> None:
    s = network((2, 3), "softmax")
    drawing = path(s, "w1[1,1]")
    assert drawing is not None
    on = {group.id for group in drawing.groups if group.role == "edge" and group.on}
    assert {f"dl1[{k}]/dp1[1]" for k in (1, 2, 3)} <= on
    assert not any(name.endswith("dp1[2]") for name in on)
    every = {group.id for group in drawing.groups}
    assert {f"dl1[{k}]/dp1[{j}]" for k in (1, 2, 3) for j in (1, 2, 3)} <= every


def test_a_large_layer_is_shortened_and_keeps_what_the_path_needs() -> None:
    s = network((12, 9, 2))
    whole, way = overview(s), path(s, "w1[7,8]")
    assert whole is not None
    assert way is not None
    for drawing in (whole, way):
        neurons = {group.id for group in drawing.groups if group.role in ("neuron", "input")}
        assert {"l0[1]", "l0[12]", "l1[1]", "l1[9]"} <= neurons
        assert len([name for name in neurons if name.startswith("l0")]) <= 6
        assert any(group.role == "ellipsis" for group in drawing.groups)
    assert {"l0[8]", "l1[7]"} <= {group.id for group in way.groups}


def test_every_parameter_of_a_small_network_is_labelled() -> None:
    for file in (tracer.DECK, ROOT / "examples/two-outputs.toml", ROOT / "examples/softmax.toml"):
        s = tracer.solve(tracer.load(file)).solved
        drawing = overview(s)
        assert drawing is not None
        shown = {
            shape.content
            for group in drawing.groups
            for shape in group.shapes
            if isinstance(shape, Label)
        }
        assert {Var(name) for name in s.trace.graph.parameters} <= shown


def test_networks_and_graphs_too_large_to_be_read_have_no_picture() -> None:
    s = network((1,) * 10)
    assert overview(s) is None
    assert path(s, "w1[1,1]") is None
    lstm = tracer.solve(tracer.load(ROOT / "examples" / "lstm.toml"))
    assert overview(lstm.solved) is None
    assert "tikzpicture" not in lstm.render("latex")


def test_values_of_a_graph_stand_at_its_nodes() -> None:
    """Stanford's CS231n, "Backpropagation, Intuitions": f = (x + y) z."""
    s = tracer.solve(tracer.load(ROOT / "examples" / "graph.toml"), show="values").solved
    drawing = overview(s)
    assert drawing is not None
    centres = {
        group.id: next(shape for shape in group.shapes if isinstance(shape, Circle))
        for group in drawing.groups
        if group.role in ("input", "neuron")
    }
    seen = {}
    for group in drawing.groups:
        for label in group.shapes:
            if group.role in ("value", "slope") and isinstance(label, Label):
                node = group.id.removeprefix("df/d")
                assert abs(label.x - centres[node].x) < 1
                assert (label.y < centres[node].y) == (group.role == "value")
                text = ElementTree.fromstring(svg(Drawing(9, 9, (group,), "", ""), s.symbols))
                seen[group.id] = "".join(next(text.iter(f"{_SVG}text")).itertext())
    assert seen == {
        "x": "−2", "y": "5", "z": "−4", "q": "3", "f": "−12",
        "df/dx": "−4", "df/dy": "−4", "df/dz": "3", "df/dq": "−4", "df/df": "1",
    }  # fmt: skip


def test_the_description_says_what_is_drawn() -> None:
    s = tracer.solve(tracer.load(tracer.DECK)).solved
    whole, way = overview(s), path(s, "w1[1,2]")
    assert whole is not None
    assert way is not None
    assert whole.description == (
        "From left to right: 2 inputs, then 2 hidden neurons with ReLU, then 1 output neuron with "
        "ReLU. The loss MSE compares the output with its target."
    )
    assert way.title == "From w₁,₂¹ to MSE"
    assert way.description.startswith(
        "The only path from w₁,₂¹ to MSE: w₁,₂¹ acts on p₁¹ by ∂p₁¹/∂w₁,₂¹; p₁¹ acts on l₁¹ by "
    )
    two = path(network((2, 2, 2)), "w1[1,1]")
    assert two is not None
    assert two.description.startswith("The first of 2 paths from w₁,₁¹ to E: ")


def test_each_gradient_has_its_picture_right_before_it() -> None:
    page = tracer.solve(tracer.load(tracer.DECK)).page
    blocks = page.blocks
    kinds = [type(block).__name__ for block in blocks]
    assert kinds[:2] == ["Heading", "Figure"]
    for before, block in pairwise(blocks):
        own = getattr(block, "id", "")
        if own.startswith("dloss/d") and type(block).__name__ == "Display":
            assert type(before).__name__ == "Figure"
            assert getattr(before, "id", "") == own


def test_pictures_can_be_left_out_and_text_has_none() -> None:
    problem = tracer.load(tracer.DECK)
    assert "tikzpicture" in tracer.solve(problem).render("latex")
    for options in ({"hide": "diagrams"}, {"detail": "brief"}):
        page = tracer.solve(problem, **options).render("latex")  # type: ignore[arg-type]
        assert "tikz" not in page
    assert "tikzpicture" in tracer.solve(problem, only="dloss/db1[1]").render("latex")
    assert tracer.solve(problem).render("text") == tracer.solve(problem, hide="diagrams").render()


def test_a_long_page_has_the_whole_alone() -> None:
    solution = tracer.solve(network((6, 6, 6)).problem)
    figures = [block for block in solution.page.blocks if type(block).__name__ == "Figure"]
    assert len(figures) == 1


def test_a_partial_is_a_factor_of_its_edge() -> None:
    s = tracer.solve(tracer.load(ROOT / "examples" / "graph.toml")).solved
    drawing = path(s, "x")
    assert drawing is not None
    labels = [s for g in drawing.groups if g.role == "factor" for s in g.shapes]
    contents = [shape.content for shape in labels if isinstance(shape, Label)]
    assert contents == [Partial("q", "x"), Partial("f", "q")]


# The formats svg and tikz


@pytest.mark.parametrize("only", [(), ("--only", "dloss/dw1[1,2]")])
def test_a_picture_is_a_file_of_its_own(only: tuple[str, ...], tmp_path: Path) -> None:
    s = tracer.solve(tracer.load(tracer.DECK)).solved
    drawing = path(s, "w1[1,2]") if only else overview(s)
    assert drawing is not None
    for name in ("picture.svg", "picture.tikz"):
        result = CliRunner().invoke(cli.cli, ["solve", "-o", str(tmp_path / name), *only])
        assert result.exit_code == 0, result.output
    root = ElementTree.parse(tmp_path / "picture.svg").getroot()
    assert root.findtext(f"{_SVG}title") == drawing.title
    assert root.findtext(f"{_SVG}desc") == drawing.description
    assert root.find(f"{_SVG}style") is not None
    assert {g.get("data-id") for g in root.iter(f"{_SVG}g")} - {None} == {
        group.id for group in drawing.groups if group.id
    }
    head = r"\documentclass{article}\usepackage{lmodern,amsmath,tikz}\begin{document}\noindent"
    document = rf"{head}\input{{picture.tikz}}\end{{document}}"
    assert compile_latex(document, tmp_path) == []


def test_values_are_an_option_of_a_picture() -> None:
    solution = tracer.solve(tracer.load(tracer.DECK), show="values")
    plain = tracer.solve(tracer.load(tracer.DECK)).render("svg")
    assert 'class="value" data-id="l2[1](1)"' in solution.render("svg")
    assert 'class="value"' not in plain


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"only": "loss"},
            "only: loss has no picture; gradients such as dloss/dw1[1,1] have",
        ),
        (
            {"only": ["dloss/db1[1]", "dloss/db1[2]"]},
            "only: is for one gradient; a picture is of one",
        ),
    ],
)
@pytest.mark.parametrize("to", ["svg", "tikz"])
def test_what_has_no_picture_is_said(to: str, options: dict[str, object], message: str) -> None:
    solution = tracer.solve(tracer.load(tracer.DECK), **options)  # type: ignore[arg-type]
    with pytest.raises(tracer.InputError) as caught:
        solution.render(to)
    assert str(caught.value).removeprefix("--") == message


def test_a_picture_too_large_to_be_read_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "net.svg"
    problem = str(ROOT / "examples" / "lstm.toml")
    result = CliRunner().invoke(cli.cli, ["solve", problem, "-o", str(target)])
    assert result.exit_code == 2
    assert result.stderr == (
        "error: there is no picture of this problem: it would be too large to be read; one has at "
        "most nine columns of eight rows\n"
    )
    assert not target.exists()


def test_a_graph_too_large_for_a_picture_is_never_placed(monkeypatch: pytest.MonkeyPatch) -> None:
    """To place it would take a time that grows with the fourth power of its length."""
    steps = ["h[0] = 0", "h[t] = tanh(w*h[t-1] + x) for t = 1..40", "f = h[40]"]
    given = {"x": "0.5", "w": "0.3"}
    graph = {"given": given, "steps": steps, "output": "f", "gradients": ["w"]}
    s = tracer.solve(tracer.load({"graph": graph})).solved
    monkeypatch.setattr("tracer.diagrams.graph.places", None)
    assert overview(s) is None
    assert path(s, "w") is None


def test_text_loads_nothing_of_pictures(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom tracer.cli import cli\n"
        "try: cli(['solve', '-o', 'page.txt'])\nexcept SystemExit as end: assert not end.code\n"
        "rooms = 'tracer.diagrams', 'tracer.typeset.svg', 'tracer.typeset.tikz'\n"
        "assert not [name for name in sys.modules if name.startswith(rooms)]"
    )
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)

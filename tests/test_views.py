"""The table [page]: what the page shows, in the problem file, on the command line and in Python."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import tracer
from tests.conftest import NETWORKS, ROOT
from tests.test_recompute import assert_true, check, is_by_deltas
from tracer.cli import cli

DECK = (ROOT / "examples" / "deck.toml").read_text(encoding="utf-8")
GRAPH = '[graph]\ngiven = { x = 2 }\nsteps = ["f = x^2"]\n'


def faults(text: str) -> list[str]:
    with pytest.raises(tracer.InputError) as caught:
        tracer.load(text)
    return str(caught.value).splitlines()


def test_the_view_may_stand_in_the_file() -> None:
    problem = tracer.load(DECK + '\n[page]\nview = "deltas"\n')
    page = tracer.solve(problem).render()
    assert page == tracer.solve(tracer.load(DECK), view="deltas").render()
    assert page != tracer.solve(tracer.load(DECK)).render()


def test_an_option_overrides_the_file() -> None:
    problem = tracer.load(DECK + '\n[page]\nview = "deltas"\n')
    assert tracer.solve(problem, view="auto").render() == tracer.solve(tracer.load(DECK)).render()


def test_an_unknown_view_is_refused_in_its_place() -> None:
    lines = len(DECK.splitlines())
    (fault,) = faults(DECK + '\n[page]\nview = "delta"\n')
    assert fault.startswith(f"<text>:{lines + 3}:8: view must be ")
    assert fault.endswith('did you mean "deltas"?')
    with pytest.raises(tracer.InputError, match=r'no view .delta.*did you mean "deltas"'):
        tracer.solve(tracer.load(DECK), view="delta")


@pytest.mark.parametrize("view", ["paths", "deltas"])
def test_a_graph_has_no_view_of_networks(view: str) -> None:
    message = f"{view} is a view of networks; a graph has only one"
    assert faults(GRAPH + f'[page]\nview = "{view}"\n') == [f"<text>:5:8: {message}"]
    with pytest.raises(tracer.InputError, match=message):
        tracer.solve(tracer.load(GRAPH), view=view)


def test_a_graph_may_say_auto() -> None:
    problem = tracer.load(GRAPH + '[page]\nview = "auto"\n')
    assert tracer.solve(problem).render() == tracer.solve(tracer.load(GRAPH)).render()


@pytest.mark.parametrize("source", [{"page": 1}, {"page": {"veiw": "auto"}}])
def test_a_table_of_another_shape_is_refused(source: dict[str, Any]) -> None:
    network = {"layers": [{"weights": [[1]]}], "data": [{"inputs": 1, "targets": 1}]}
    with pytest.raises(tracer.InputError, match=r'page must be a table|did you mean "view"'):
        tracer.load(network | source)


# Views of single gradients


def gradient_of(text: str, name: str) -> str:
    """The display of a gradient on a page of text."""
    return next(part for part in text.split("\n\n") if part.lstrip().startswith(f"∂MSE/∂{name} ="))


OWN = '\n[page]\nview = "deltas"\nviews = { "dloss/dw1[1,2]" = "paths" }\n'


def test_single_gradients_may_have_a_view_of_their_own() -> None:
    pages = {
        view: tracer.solve(tracer.load(DECK), view=view).render() for view in ("auto", "deltas")
    }
    mixed = tracer.solve(tracer.load(DECK + OWN)).render()
    own, auto = (gradient_of(page, "w₁,₂¹").splitlines() for page in (mixed, pages["auto"]))
    assert [own[0], own[-1]] == [auto[0], auto[-1]]  # between them stands the delta above, by name
    for name, view in (("w₁,₁¹", "deltas"), ("w₁,₁²", "deltas")):
        assert gradient_of(mixed, name) == gradient_of(pages[view], name)
        assert gradient_of(pages["auto"], name) != gradient_of(pages["deltas"], name)
    spelt = tracer.solve(
        tracer.load(DECK),
        view="deltas",
        views={r"\frac{\partial MSE}{\partial w_{1,2}^1}": "paths"},
    )
    assert spelt.render() == mixed


def test_every_gradient_may_have_its_own_view() -> None:
    problem = tracer.load(DECK)
    names = [f"dloss/d{name}" for name in problem.parameter_names]
    for view, other in (("deltas", "paths"), ("paths", "deltas")):
        page = tracer.solve(problem, view=view, views=dict.fromkeys(names, other)).render()
        assert page == tracer.solve(problem, view=other).render()


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_mixed_views_come_out(path: Path) -> None:
    problem = tracer.load(path)
    learning = [name for name in problem.parameter_names if name not in problem.frozen]
    if problem.forward_only:
        return
    words = ("deltas", "auto") if is_by_deltas(problem) else ("deltas", "paths")
    for first in range(2):
        views = {f"dloss/d{n}": words[(first + i) % 2] for i, n in enumerate(learning)}
        solution = tracer.solve(problem, view="auto", views=views)
        found = check(solution.render("latex"), problem)
        assert_true(found)
        assert not found.unchecked


def test_what_a_view_of_its_own_cannot_be() -> None:
    line = len(DECK.splitlines()) + 3
    for own, place, message in (
        ('"dloss/dw1[1,9]" = "paths"', 11, 'no gradient "dloss/dw1[1,9]"; did you mean "dloss/dw1'),
        ('"w1[1,2]" = "paths"', 11, 'no gradient "w1[1,2]"'),
        ('"dloss/dw1[1,2]" = "path"', 30, 'did you mean "paths"?'),
    ):
        (fault,) = faults(f"{DECK}\n[page]\nviews = {{ {own} }}\n")
        assert fault.startswith(f"<text>:{line}:{place}: ")
        assert message in fault
    (fault,) = faults(DECK + OWN.replace('"deltas"', '"matrix"'))
    assert fault.endswith(
        "matrix is the view of the whole page; single gradients have none beside it"
    )
    (fault,) = faults(GRAPH + '[page]\nviews = { "df/dx" = "paths" }\n')
    assert fault.endswith("views are of the gradients of networks; a graph has only one")


def test_what_a_view_asked_for_cannot_be() -> None:
    problem = tracer.load(DECK)
    for views, message in (
        ({"dloss/dw9[1,1]": "paths"}, "no such quantity"),
        ({"w1[1,2]": "paths"}, "is no gradient"),
        ({"dloss/dw1[1,2](1)": "paths"}, "no such quantity|is no gradient"),
        ({"dloss/dw1[1,2]": "path"}, 'did you mean "paths"'),
    ):
        with pytest.raises(tracer.InputError, match=message):
            tracer.solve(problem, views=views)
    with pytest.raises(tracer.InputError, match="the view of the whole page"):
        tracer.solve(problem, view="matrix", views={"dloss/dw1[1,2]": "paths"})
    with pytest.raises(tracer.InputError, match="a graph has only one"):
        tracer.solve(tracer.load(GRAPH), views={"df/dx": "paths"})


def test_views_on_the_command_line() -> None:
    options = ["--view", "deltas", "--view", "dloss/dw1[1,2]=paths"]
    result = CliRunner().invoke(cli, ["solve", *options])
    assert result.output == tracer.solve(tracer.load(DECK + OWN)).render()
    result = CliRunner().invoke(cli, ["solve", "--view", "delta"])
    assert result.exit_code == 2
    assert 'did you mean "deltas"?' in result.output


@pytest.mark.parametrize("view", ["matrix", "function"])
def test_a_view_with_a_page_of_its_own_has_no_parts(view: str) -> None:
    with pytest.raises(tracer.InputError, match="has a page of its own; detail full goes with"):
        tracer.solve(tracer.load(tracer.DECK), view=view, detail="full")
    (fault,) = faults(f'{DECK}\n[page]\nview = "{view}"\nshow = ["check"]\n')
    assert "the part check goes with the views auto, paths and deltas" in fault

"""The table [page]: what the page shows, in the problem file, on the command line and in Python."""

from __future__ import annotations

from typing import Any

import pytest

import tracer
from tests.conftest import ROOT

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

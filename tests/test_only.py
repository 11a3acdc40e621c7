"""Every quantity of every example can be derived alone, in every view and format."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import tracer
from tests.conftest import EXAMPLES, NETWORKS
from tests.test_matrix import WITHOUT
from tracer.schema import VIEWS


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_quantity_alone(path: Path) -> None:
    problem = tracer.load(path)
    whole = tracer.solve(problem)
    for name in whole.ids:
        alone = tracer.solve(problem, only=[name], view="auto")
        assert alone[name].value == whole[name].value, name
        text = alone.render("text")
        value = whole.solved.values[name].number.text.partition("e")[0]
        if problem.numbers.decimal_comma:
            value = value.replace(".", ",")
        last = text.split("\nNote:")[0].split()  # the value ends the derivation
        before_power = re.split("·?10(?=[⁰-⁹⁻¹²³])", last[-1])[0]
        assert value in (last[-1], before_power) or before_power + "1" == value, name


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
@pytest.mark.parametrize("view", VIEWS)
def test_gradients_alone_read_as_on_the_page(path: Path, view: str) -> None:
    problem = tracer.load(path)
    if problem.numbers.policy == "step" and view == "paths":
        with pytest.raises(tracer.NotSupported, match="rounded too"):
            tracer.solve(problem, view=view).render("text")
        return
    if problem.forward_only:
        with pytest.raises(tracer.InputError, match="the derivative of step is 0"):
            tracer.solve(problem, only="dloss/dw1[1,1]")
        return
    if "softmax" in {layer.activation for layer in problem.layers} and view == "paths":
        with pytest.raises(tracer.NotSupported, match="softmax"):
            tracer.solve(problem, view=view).render("text")
        return
    if problem.shared and view == "paths":
        with pytest.raises(tracer.NotSupported, match="each of its places"):
            tracer.solve(problem, view=view).render("text")
        return
    if view == "matrix" and path.stem in WITHOUT:
        with pytest.raises(tracer.NotSupported, match="view matrix"):
            tracer.solve(problem, view=view, detail="slides").render("text")
        return
    if view in ("function", "matrix"):
        page = tracer.solve(problem, view=view, detail="slides").render("markdown")
        for name in tracer.solve(problem).solved.trace.graph.parameters:
            alone = tracer.solve(problem, view=view, only=f"dloss/d{name}").render("markdown")
            assert alone.split("\n> ")[0].strip() in page, name
        return
    # the full page has tables in the place of some lines
    page = tracer.solve(problem, view=view, detail="slides").render("markdown")
    for name in tracer.solve(problem).solved.trace.graph.parameters:
        alone = tracer.solve(problem, view=view, only=f"dloss/d{name}").render("markdown")
        derivation = alone.split("\n> ")[0]  # a remark may follow, which the page has elsewhere
        assert derivation.strip() in page, name


@pytest.mark.parametrize("to", ["text", "latex", "markdown", "json"])
def test_one_id_as_a_string(to: str) -> None:
    solution = tracer.solve(tracer.load(tracer.DECK), only="1/loss")
    assert "0.84862" in solution.render(to)


def test_displaying_a_quantity_is_short() -> None:
    solution = tracer.solve(tracer.load(tracer.DECK))
    assert repr(solution["dloss/dw1[1,2]"]) == "<dloss/dw1[1,2] = 1.332>"
    assert repr(solution).startswith("<Solution of 'Deep Learning': ")
    assert len(repr(solution)) < 80


def test_a_chain_with_too_many_paths_is_refused() -> None:
    row, square = ["0.1"] * 22, [["0.1"] * 22] * 22
    layers = [{"weights": [[w] for w in row], "biases": False, "activation": "identity"}]
    layers += [{"weights": square, "biases": False, "activation": "identity"}] * 3
    problem = tracer.load({"layers": layers, "data": [{"inputs": 1, "targets": row}]})
    solution = tracer.solve(problem, only=["dloss/dw1[1,1]", "dloss/dw4[1,1]"])
    with pytest.raises(tracer.NotSupported, match="10,648 paths"):
        _ = solution["dloss/dw1[1,1]"].chain
    (path,) = solution["dloss/dw4[1,1]"].chain
    assert [factor.id for factor in path.factors] == [
        "dloss/dl4[1]",
        "dl4[1]/dp4[1]",
        "dp4[1]/dw4[1,1]",
    ]

"""The upper part of a network: printed with the numbers of its layers in the whole."""

from __future__ import annotations

from typing import Any

import pytest

import tracer
from tests.strategies import NOTATIONS
from tests.test_recompute import assert_true, check


def problem(first: int | None = 2, **more: Any) -> dict[str, Any]:
    layers = [
        {"weights": [["0.4", "-0.3"], ["0.2", "0.6"]], "biases": ["0.1", 0], "activation": "relu"},
        {"weights": [["0.7", "-0.5"]], "biases": ["0.2"], "activation": "softplus"},
    ]
    data = [{"inputs": ["0.6", "0.9"], "targets": 1}, {"inputs": ["-0.6", 2], "targets": 0}]
    source = {"layers": layers, "data": data} | more
    return source if first is None else source | {"first_layer": first}


def test_symbols_and_words_count_from_the_first_layer() -> None:
    solution = tracer.solve(tracer.load(problem()))
    text = " ".join(solution.render("text").split())
    assert "the part of a neural network from layer 2 on. The inputs are the two outputs" in text
    assert "outputs of layer 1; there follow one hidden layer with two neurons and one" in text
    assert "are ReLU in layer 2 and softplus(p) = log(1 + exp(p)) in layer 3" in text
    assert "p₁² = w₁,₁²·l₁¹ + w₁,₂²·l₂¹ + b₁²" in text
    assert "f*(l₁¹, l₂¹)" in text
    assert "pre-activations of layer 3" in text
    assert "⁰" not in text
    for name in ("w1[1,2]", "w_{1,2}^2", "w₁,₂²"):
        assert solution[name].id == "w1[1,2]"
    assert solution["l_2^1(2)"].id == "l0[2](2)"
    assert solution["dloss/dw1[1,2]"].latex == r"\frac{\partial E}{\partial w_{1,2}^2}"


@pytest.mark.parametrize("notation", NOTATIONS)
def test_the_numbers_are_those_of_any_network(notation: str) -> None:
    part = tracer.solve(tracer.load(problem(7, notation=notation)))
    whole = tracer.solve(tracer.load(problem(None, notation=notation)))
    assert part.ids == whole.ids
    assert all(part[name].value == whole[name].value for name in part.ids)
    loaded = tracer.load(problem(7, notation=notation))
    assert_true(check(part.render("latex"), loaded))


def test_no_input_has_the_symbol_of_one() -> None:
    for notation in ("ng", "bishop", "mazur"):
        text = tracer.solve(tracer.load(problem(notation=notation))).render("text")
        assert "x₁" not in text
        assert "i₁" not in text
    assert "out_h1" in text  # mazur's
    assert "net_h3" in text


def test_the_number_1_is_a_whole_network() -> None:
    one, none = (tracer.solve(tracer.load(problem(first))).render("text") for first in (1, None))
    assert one == none


def test_it_is_a_number_from_1() -> None:
    with pytest.raises(tracer.InputError, match="first_layer must be a whole number from 1"):
        tracer.load(problem(0))

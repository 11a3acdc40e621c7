"""Biases that are the weights of a constant input."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

import tracer
from tests import reference
from tests.test_oracles import assert_agrees
from tests.test_recompute import assert_true, check


def problem(*constants: Any, **more: Any) -> dict[str, Any]:
    weights = [[["0.5", -1], ["-0.3", "0.2"]], [["0.8", "-0.6"]]]
    layers: list[dict[str, Any]] = [
        {"weights": rows, "biases": ["0.1"] * len(rows), "activation": "relu"} for rows in weights
    ]
    for layer, constant in zip(layers, constants, strict=False):
        if constant is not None:
            layer["constant"] = constant
    data = [{"inputs": [1, -2], "targets": 1}, {"inputs": [3, 1], "targets": 0}]
    training = {"learning_rate": "0.1", "steps": 2}
    return {"layers": layers, "data": data, "training": training, "numbers": {}} | more


CONSTANTS: list[tuple[Any, ...]] = [(-1, -1), (1, "0.25"), ("-1/3", None), (None, "2.123456789")]


@pytest.mark.parametrize("constants", CONSTANTS)
@pytest.mark.parametrize("view", ["paths", "deltas"])
@pytest.mark.parametrize("policy", ["display", "step"])
def test_it_agrees_and_comes_out(constants: tuple[Any, ...], view: str, policy: str) -> None:
    source = problem(*constants, numbers={"digits": 4})
    assert_agrees(source, reference.solve(source))
    if (policy, view) == ("step", "paths"):
        return
    loaded = tracer.load(source | {"numbers": {"digits": 4, "policy": policy}})
    assert_true(check(tracer.solve(loaded, view=view).render("latex"), loaded))


def test_a_gradient_is_the_difference_quotient() -> None:
    source = problem(-1, "0.25", training={"steps": 0}, numbers={"digits": 14})
    solution = tracer.solve(tracer.load(source))
    for name in ("b1[1]", "b1[2]", "b2[1]"):
        quotient = reference.difference_quotient(source, name)
        assert abs(float(solution[f"dloss/d{name}"].value) - float(quotient)) < 1e-12


def test_it_is_printed_as_a_factor() -> None:
    text = tracer.solve(tracer.load(problem(-1, "2.123456789"))).render("text")
    assert "+ w₁,₂¹·l₂⁰ + b₁¹·(-1)" in text
    assert "The biases of layer 1 are the weights of a constant input -1." in text
    assert "The biases of layer 2 are the weights of a constant input 2.123456789." in text
    words = "derivative by the weight of a constant input is that constant"
    assert words in " ".join(text.split())
    text = tracer.solve(tracer.load(problem(-1, -1))).render("text")
    assert "The biases are the weights of a constant input -1." in text
    solution = tracer.solve(tracer.load(problem(-1, "2.123456789")), only=["dp2[1]/db2[1](1)"])
    assert solution["dp2[1]/db2[1](1)"].exact == Fraction("2.123456789")
    assert "= 2.123456789\n" in solution.render("text")


def test_a_gradient_is_cited_only_beside_the_same_constant() -> None:
    cited = "= ∂E/∂b₁² · w"
    assert cited in tracer.solve(tracer.load(_open(-1, -1))).render("text")
    assert cited not in tracer.solve(tracer.load(_open(-1, 2))).render("text")


def _open(*constants: int) -> dict[str, Any]:
    """With pre-activations that are positive, so that no derivative of ReLU is left."""
    source = problem(*constants)
    for layer in source["layers"]:
        layer["weights"] = [["0.5" for _ in row] for row in layer["weights"]]
        layer["biases"] = ["0.001" for _ in layer["biases"]]
    source["data"] = [{"inputs": [1, 2], "targets": 1}, {"inputs": [3, 1], "targets": 0}]
    return source

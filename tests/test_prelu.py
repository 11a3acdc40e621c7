"""Parametric ReLU: slopes that are learned as weights are."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

import tracer
from tests import reference
from tests.strategies import NOTATIONS
from tests.test_oracles import assert_agrees
from tests.test_recompute import assert_true, check


def problem(**more: Any) -> dict[str, Any]:
    return {
        "layers": [
            {
                "weights": [["0.5", -1], ["-0.3", "0.2"]],
                "biases": ["0.1", "-0.2"],
                "activation": "prelu",
                "slopes": ["0.25", "-0.5"],
            },
            {
                "weights": [["0.8", "-0.6"], ["0.3", 1]],
                "biases": False,
                "activation": "prelu",
                "slopes": [1, "0.1"],
            },
            {"weights": [[1, "-0.4"]], "biases": [0], "activation": "prelu", "slopes": ["0.3"]},
        ],
        "data": [
            {"inputs": [1, 2], "targets": [1]},
            {"inputs": [3, 1], "targets": [0]},
            {"inputs": [-1, 1], "targets": ["0.5"]},
        ],
        "training": {"learning_rate": "0.1", "steps": 2},
        "numbers": {},
    } | more


@pytest.mark.parametrize(
    "optimizer", ["gradient_descent", "nesterov", "adagrad", "rmsprop", "adam"]
)
@pytest.mark.parametrize("batch", [1, 2, 3])
def test_every_quantity_agrees_with_the_reference(optimizer: str, batch: int) -> None:
    source = problem(optimizer={"kind": optimizer})
    source["training"]["batch"] = batch
    assert_agrees(source, reference.solve(source))


def test_a_gradient_is_the_difference_quotient() -> None:
    source = problem(training={"steps": 0})
    solution = tracer.solve(tracer.load(source))
    for name in ("a1[1]", "a1[2]", "a2[1]", "a2[2]", "a3[1]", "w1[1,2]", "b1[2]"):
        quotient = reference.difference_quotient(source, name)
        assert abs(float(solution[f"dloss/d{name}"].exact) - float(quotient)) < 1e-12


@pytest.mark.parametrize("view", ["auto", "deltas", "paths"])
@pytest.mark.parametrize("notation", NOTATIONS)
def test_every_equation_comes_out_in_every_notation(notation: str, view: str) -> None:
    loaded = tracer.load(problem(notation=notation, loss={"samples": "mean"}))
    found = check(tracer.solve(loaded, view=view).render("latex"), loaded)
    assert_true(found)
    assert not found.unchecked


@pytest.mark.parametrize("samples", ["sum", "mean"])
def test_rounded_by_hand(samples: str) -> None:
    source = problem(numbers={"policy": "step", "digits": 3}, loss={"samples": samples})
    loaded = tracer.load(source)
    assert_true(check(tracer.solve(loaded).render("latex"), loaded))


@pytest.mark.parametrize(
    ("notation", "spelling"),
    [
        ("deck", r"\alpha_1^1"),
        ("deck", "α₁¹"),
        ("nielsen", r"\alpha_1^2"),
        ("ng", r"\kappa_1^{[1]}"),
        ("mazur", r"\alpha_{h1}"),
        ("mitchell", r"\alpha_3"),
        ("bishop", r"\alpha_1^{(1)}"),
    ],
)
def test_a_slope_is_read_in_the_spelling_of_the_notation(notation: str, spelling: str) -> None:
    solution = tracer.solve(tracer.load(problem(notation=notation)))
    for name in ("a1[1]", spelling):
        assert solution[name].id == "a1[1]"
        assert solution[name].exact == Fraction(1, 4)
    if spelling == r"\alpha_1^1":
        assert solution[r"\frac{\partial E}{\partial \alpha_1^1}"].id == "dloss/da1[1]"


def test_slopes_can_be_kept_fixed_and_have_a_state() -> None:
    source = problem(optimizer={"kind": "momentum"})
    source["state"] = [
        {"name": "v", "layer_number": 2, "weights": [[1, 0], [0, 0]], "slopes": [0, 2]}
    ]
    source["layers"][0]["frozen"] = ["slopes"]
    source["layers"][1]["frozen"] = ["a[1]"]
    expected = reference.solve(source)
    assert_agrees(source, expected)
    assert "dloss/da1[1]" not in expected
    assert expected["1/v.a2[2]"] != expected["dloss/da2[2]"]
    text = tracer.solve(tracer.load(source)).render("text")
    assert "Kept fixed, without gradient or update: all slopes of layer 1, α₁²." in text
    source["state"][0]["slopes"] = [1]
    with pytest.raises(tracer.InputError, match="1 number, but the layer has 2 slopes"):
        tracer.load(source)


def test_a_penalty_leaves_slopes_alone() -> None:
    source = problem(loss={"penalty": {"kind": "l2", "lambda": 1, "biases": True}})
    assert_agrees(source, reference.solve(source))


def test_at_0_the_slope_is_used() -> None:
    source = problem()
    source["data"] = [{"inputs": [0, "0.1"], "targets": [0]}]  # p1[1] = -0.1 + 0.1
    solution = tracer.solve(tracer.load(source))
    assert solution["p1[1]"].exact == 0
    assert solution["dl1[1]/dp1[1]"].exact == Fraction(1, 4)
    assert solution["dl1[1]/da1[1]"].exact == 0

"""Parameters that are one quantity in several places."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

import tracer
from tests import reference
from tests.latex_reader import read
from tests.strategies import NOTATIONS
from tests.test_oracles import assert_agrees
from tests.test_recompute import assert_true, check, worked_out

# across neurons, twice in one neuron, across layers, and slopes of a whole layer
GROUPS = [
    ["w2[1,2]", "w1[1,1]", "w1[1,2]"],
    ["w1[2,1]", "w3[1,1]"],
    ["b1[2]", "b1[1]", "b3[1]"],
    ["a1[1]", "a1[2]", "a3[1]"],
]


def problem(**more: Any) -> dict[str, Any]:
    return {
        "shared": GROUPS,
        "layers": [
            {
                "weights": [["0.5", "0.5"], ["-0.3", "0.2"]],
                "biases": ["0.1", "0.1"],
                "activation": "prelu",
                "slopes": ["0.25", "0.25"],
            },
            {"weights": [["0.8", "0.5"], ["0.3", 1]], "biases": False, "activation": "tanh"},
            {
                "weights": [["-0.3", "-0.4"]],
                "biases": ["0.1"],
                "activation": "prelu",
                "slopes": ["0.25"],
            },
        ],
        "data": [
            {"inputs": [1, 2], "targets": [1]},
            {"inputs": [3, -1], "targets": [0]},
            {"inputs": [-1, "-0.5"], "targets": ["0.5"]},
        ],
        "training": {"learning_rate": "0.1", "steps": 2},
        "numbers": {},
    } | more


@pytest.mark.parametrize("optimizer", ["gradient_descent", "nesterov", "adagrad", "adam"])
@pytest.mark.parametrize("batch", [1, 3])
def test_every_quantity_agrees_with_the_reference(optimizer: str, batch: int) -> None:
    source = problem(optimizer={"kind": optimizer})
    source["training"]["batch"] = batch
    assert_agrees(source, reference.solve(source))


def test_a_gradient_is_the_difference_quotient_of_all_places_together() -> None:
    source = problem(training={"steps": 0}, numbers={"digits": 14})
    solution = tracer.solve(tracer.load(source))
    for name in ("w2[1,2]", "w1[2,1]", "b1[2]", "a1[1]", "w1[2,2]"):
        quotient = reference.difference_quotient(source, name)
        assert abs(float(solution[f"dloss/d{name}"].value) - float(quotient)) < 1e-12


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("samples", ["sum", "mean"])
def test_every_equation_comes_out(notation: str, samples: str) -> None:
    loss = {"samples": samples, "penalty": {"lambda": 1, "biases": True}}
    loaded = tracer.load(problem(notation=notation, loss=loss))
    found = check(tracer.solve(loaded).render("latex"), loaded)
    assert_true(found)
    assert not found.unchecked


def test_rounded_by_hand() -> None:
    loaded = tracer.load(problem(numbers={"policy": "step", "digits": 3}))
    assert_true(check(tracer.solve(loaded).render("latex"), loaded))


def test_every_derivation_comes_out() -> None:
    loaded = tracer.load(problem())
    solution = tracer.solve(loaded)
    for name in solution.ids:
        page = tracer.solve(loaded, only=[name]).render("latex")
        assert not worked_out(read(page), loaded).faults


def test_a_penalty_counts_what_is_shared_once() -> None:
    source = problem(loss={"penalty": {"lambda": "0.1", "biases": True}})
    assert_agrees(source, reference.solve(source))


def test_a_copy_answers_with_what_it_is_one_with() -> None:
    solution = tracer.solve(tracer.load(problem(optimizer={"kind": "momentum"})))
    for name, meant in (
        ("w1[1,2]", "w2[1,2]"),
        ("1/w1[1,1]", "1/w2[1,2]"),
        ("dloss/dw1[1,1]", "dloss/dw2[1,2]"),
        ("dp1[1]/dw1[1,2](1)", "dp1[1]/dw2[1,2](1)"),
        ("v.w1[1,2]", "v.w2[1,2]"),
        (r"w_{1,2}^1", "w2[1,2]"),
        (r"w_{1,2}^2", "w2[1,2]"),
        (r"\frac{\partial E}{\partial b_1^1}", "dloss/db1[2]"),
    ):
        assert solution[name].id == meant
    assert solution["dp1[1]/dw1[1,2](1)"].exact == Fraction(3)  # both inputs


def test_the_page_says_what_is_shared_and_sums_over_the_places() -> None:
    text = tracer.solve(tracer.load(problem())).render("text")
    start = "Shared, each with one gradient and one update, and written as the first:"
    assert f"{start} w₁,₂² = w₁,₁¹ = w₁,₂¹," in " ".join(text.split())
    assert "∂p₁¹/∂w₁,₂² + " not in text
    assert "= Σ_D (∂E/∂p₁² · l₂¹ + ∂E/∂p₁¹ · (l₁⁰ + l₂⁰))" in text
    assert text.count("∂E/∂w₁,₂² = ") == 1


def test_what_is_shared_can_be_kept_fixed() -> None:
    source = problem()
    source["layers"][0]["frozen"] = ["biases"]
    source["layers"][2]["frozen"] = ["b[1]"]
    assert_agrees(source, reference.solve(source))


def test_the_view_of_paths_is_refused() -> None:
    with pytest.raises(tracer.NotSupported, match="has paths through each of its places"):
        tracer.solve(tracer.load(problem()), view="paths").render("text")


FAULTS: dict[str, tuple[Any, str, str]] = {
    "unknown": ([["w1[1,1]", "w1[1,3]"]], "shared[1][2]", 'no parameter "w1[1,3]"; did you mean'),
    "no id": ([["w1[1,1]", "weights"]], "shared[1][2]", 'no parameter "weights"; ids look like'),
    "alone": ([["w1[1,1]"]], "shared[1]", "a group has at least two parameters"),
    "twice": ([["w1[1,1]", "w1[1,2]", "w1[1,2]"]], "shared[1][3]", "w1[1,2] is named twice"),
    "in two": (
        [["w1[1,1]", "w1[1,2]"], ["w2[1,2]", "w1[1,1]"]],
        "shared[2][2]",
        "w1[1,1] is named twice; a parameter is in one group, once",
    ),
    "values": (
        [["w1[1,1]", "w1[2,2]"]],
        "shared[1][2]",
        "w1[2,2] is 1/5, but w1[1,1] is 1/2; they must be the same",
    ),
    "kinds": ([["b1[1]", "a1[1]"]], "shared[1][2]", "a1[1] is a slope, b1[1] is a bias; only"),
    "a text": (["w1[1,1]"], "shared[1]", "must be a list of 2 to 20,000 texts"),
}


@pytest.mark.parametrize(("shared", "where", "words"), FAULTS.values(), ids=FAULTS)
def test_what_cannot_be_shared_is_a_fault(shared: Any, where: str, words: str) -> None:
    with pytest.raises(tracer.InputError) as caught:
        tracer.load(problem(shared=shared))
    (fault,) = caught.value.faults
    assert words in fault.message
    assert fault.where == where


def test_frozen_and_state_are_the_same_in_every_place() -> None:
    source = problem()
    source["layers"][0]["frozen"] = ["b[1]"]
    with pytest.raises(tracer.InputError) as caught:
        tracer.load(source)
    assert "b1[1] is frozen and b1[2] is not" in caught.value.faults[0].message
    source = problem(optimizer={"kind": "momentum"})
    source["state"] = [{"name": "v", "layer_number": 1, "weights": [[1, 2], [0, 0]]}]
    with pytest.raises(tracer.InputError) as caught:
        tracer.load(source)
    messages = [fault.message for fault in caught.value.faults]
    assert "v of w1[1,1] and of w2[1,2] differ, which are one parameter" in messages
    source["state"][0]["weights"] = [[2, 2], [0, 0]]
    source["state"].append({"name": "v", "layer_number": 2, "weights": [[1, 2], [0, 0]]})
    assert_agrees(source, reference.solve(source))

"""What the page says beside the formulas: remarks, their reasons, and what is listed together."""

from __future__ import annotations

from typing import Any

import pytest

import tracer


def page(source: dict[str, Any], **options: Any) -> str:
    """The solution as text, its lines joined so that a sentence can be looked for."""
    return " ".join(tracer.solve(tracer.load(source), **options).render("text").split())


def two_layers(activation: str, samples: list[tuple[int, int]], **more: Any) -> dict[str, Any]:
    layer = {"weights": [[1]], "biases": False, "activation": activation}
    data = [{"inputs": x, "targets": t} for x, t in samples]
    return {"layers": [layer, layer], "data": data, **more}


def test_a_derivative_that_happens_to_be_1_stays_on_the_page() -> None:
    """tanh'(0) = 1 is no matter of signs: the factor is written as it is anywhere else."""
    text = page(two_layers("tanh", [(0, 1)]))
    assert "positive" not in text
    assert "-2(1 - 0)·(1 - 0²)·0 = 0" in text


def test_a_factor_that_comes_back_in_a_later_step_is_said() -> None:
    step = {"learning_rate": "0.05", "steps": 2}
    text = page(two_layers("relu", [(1, -3), (2, -1)], training=step))
    before, after = text.split("Gradients of Step 2")
    assert "are 1 at every sample, since every pre-activation there is positive" in before
    assert (
        "∂l₁²/∂p₁² and ∂l₁¹/∂p₁¹ are not 1 at every sample here, so the numbers have this factor "
        "again." in after
    )
    # the cases are explained where they are first needed, and once
    assert "at 0, where there is none, 0 is used. In layer 2:" in after
    assert "The derivative of ReLU in layer 1:" in after
    assert text.count("where there is none") == 1


def test_a_factor_that_goes_in_a_later_step_is_said() -> None:
    layers = [{"weights": [[1]], "biases": [-1], "activation": "relu"}]
    data = [{"inputs": 1, "targets": 5}, {"inputs": 3, "targets": 5}]
    text = page({"layers": layers, "data": data, "training": {"learning_rate": "0.1", "steps": 2}})
    before, after = text.split("Gradients of Step 2")
    assert "∂l₁¹/∂p₁¹ is 1 at every sample here, so the numbers do without this factor." in after
    assert "here, so the numbers" not in before
    assert "since every pre-activation there is positive" not in before


def test_steps_without_a_change_say_nothing_of_it() -> None:
    step = {"learning_rate": "0.001", "steps": 2}
    assert "here, so the numbers" not in page(two_layers("relu", [(1, 0)], training=step))


def test_equal_parameters_are_listed_together_however_few() -> None:
    layers = [{"weights": [[1, 2], [1, 3]], "biases": [4, 5], "activation": "identity"}]
    text = page({"layers": layers, "data": [{"inputs": [1, 1], "targets": [0, 0]}]})
    assert "w₁,₁¹ = w₂,₁¹ = 1 w₁,₂¹ = 2 w₂,₂¹ = 3 b₁¹ = 4 b₂¹ = 5" in text


def test_a_derivation_alone_says_what_is_used_where_there_is_no_derivative() -> None:
    source = two_layers("relu", [(0, 1)])
    said = "at 0, where there is none, 0 is used"
    for name in ("dl1[1]/dp1[1](1)", "dloss/dw1[1,1]", "dloss/dp1[1](1)"):
        assert said in page(source, only=name), name
    assert said not in page(source, only="l1[1](1)")
    assert said not in page(two_layers("relu", [(1, 1)]), only="dloss/dw1[1,1]")


def test_more_paths_than_anyone_reads_are_refused_by_name() -> None:
    row, square = ["0.1"] * 9, [["0.1"] * 9] * 9
    layers = [{"weights": [[w] for w in row], "biases": False, "activation": "identity"}]
    layers += [{"weights": square, "biases": False, "activation": "identity"}] * 2
    solution = tracer.solve(
        tracer.load({"layers": layers, "data": [{"inputs": 1, "targets": row}]}), view="paths"
    )
    with pytest.raises(tracer.NotSupported, match="81 paths lead from layer 1 to the loss"):
        solution.render("text")

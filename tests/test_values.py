"""Values at the edges: fractions that grow, balls that widen, floats that overflow."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from flint import arb, ctx

import tracer
from tests.conftest import ROOT
from tracer import values
from tracer.loading import with_changes
from tracer.rounding import Undecided


def neuron(
    activation: str = "relu",
    weight: Any = 1,
    inputs: Any = 1,
    target: Any = 0,
    *,
    rate: Any = "0.1",
    steps: int = 1,
    loss: Mapping[str, Any] | None = None,
    slope: Any = None,
    **numbers: Any,
) -> dict[str, Any]:
    """A problem of one neuron."""
    layer = {"weights": [[weight]], "biases": False, "activation": activation}
    if slope is not None:
        layer["slope"] = slope
    return {
        "layers": [layer],
        "data": [{"inputs": [inputs], "targets": [target]}],
        "loss": dict(loss or {}),
        "training": {"learning_rate": rate, "steps": steps},
        "numbers": numbers,
    }


def long_fractions(layers: int, width: int, *, samples: int = 1, **numbers: Any) -> dict[str, Any]:
    """A ReLU network whose numbers are fractions of 50 digits over 50."""
    rng = random.Random(3)

    def number() -> Fraction:
        return Fraction(rng.randrange(-(10**50), 10**50), rng.randrange(10**49, 10**50))

    def row() -> list[Fraction]:
        return [number() / width for _ in range(width)]

    layer = {"biases": False, "activation": "relu"}
    return {
        "layers": [layer | {"weights": [row() for _ in range(width)]} for _ in range(layers)],
        "data": [{"inputs": row(), "targets": row()} for _ in range(samples)],
        "training": {"learning_rate": "1/7", "steps": 1},
        "numbers": numbers,
    }


def refused(problem: Mapping[str, Any]) -> str:
    """The one fault for which a problem can't be solved."""
    with pytest.raises(tracer.InputError) as caught:
        tracer.solve(tracer.load(problem))
    (fault,) = caught.value.faults
    return str(fault)


# balls


@pytest.mark.parametrize("value", [arb("nan"), arb("inf"), arb(0, "1e200")])
@pytest.mark.parametrize("precision", [128, 1024, 8192])
def test_more_precision_may_make_a_value_finite(value: arb, precision: int) -> None:
    with ctx.workprec(precision), pytest.raises(Undecided) as caught:
        values._check_size("w1[1,2]", 3, value)
    assert caught.value.where == "3/w1[1,2]"


@pytest.mark.parametrize("value", [arb("nan"), arb("inf"), arb(0, "1e200")])
def test_at_the_last_precision_it_is_refused(value: arb) -> None:
    with ctx.workprec(16_384), pytest.raises(tracer.InputError, match=r"^3/w1\[1,2\]: it "):
        values._check_size("w1[1,2]", 3, value)


def test_a_run_that_loses_a_bit_a_step_gets_the_precision_that_it_takes() -> None:
    # chaotic: each step loses about a bit and a half, so that 1,024 bits last for 365 of them
    layer = {"biases": False}
    problem = {
        "layers": [
            layer | {"weights": [["-0.9"]], "activation": "sigmoid"},
            layer | {"weights": [["-0.6"]], "activation": "identity"},
        ],
        "data": [{"inputs": 2, "targets": 3}, {"inputs": -2, "targets": 3}],
        "training": {"learning_rate": "0.37", "steps": 1100},
    }
    name = "1100/w1[1,1]"
    found = tracer.solve(tracer.load(problem), only=name)[name].value
    assert found == Decimal("-0.17295")


# float64

TOO_LARGE = "it is too large for float64; another number policy can hold it"
TOO_SMALL = "it is so small that float64 has 0 for it; another number policy can hold it"


@pytest.mark.parametrize(("number", "reason"), [("1e400", TOO_LARGE), ("1e-400", TOO_SMALL)])
@pytest.mark.parametrize(
    ("key", "where"),
    [
        ("weight", "w1[1,1]"),
        ("inputs", "l0[1](1)"),
        ("target", "t[1](1)"),
        ("rate", "learning_rate"),
        ("factor", "loss(1)"),
    ],
)
def test_numbers_that_are_no_floats(number: str, reason: str, key: str, where: str) -> None:
    changes: dict[str, Any] = {"loss": {"factor": number}} if key == "factor" else {key: number}
    assert refused(neuron(policy="float64", **changes)) == f"{where}: {reason}"


def test_a_slope_that_is_no_float() -> None:
    problem = neuron("leaky_relu", -1, slope="1e-400", policy="float64")
    assert refused(problem) == f"l1[1](1): {TOO_SMALL}"


@pytest.mark.parametrize("number", ["1e-300", "-1e49", 0])
def test_numbers_at_the_edge_are_floats(number: Any) -> None:
    solution = tracer.solve(tracer.load(neuron("identity", number, steps=0, policy="float64")))
    assert float(solution["p1[1](1)"].value) == float(number)


@pytest.mark.parametrize("activation", ["identity", "relu", "sigmoid"])
def test_an_infinite_result_is_never_printed(activation: str) -> None:
    problem = neuron(activation, "-1e300", "1e300", policy="float64")
    assert refused(problem) == f"p1[1](1): {TOO_LARGE}"


def test_infinity_less_infinity_is_not_the_zero_of_a_relu() -> None:
    # after a step nothing of which is printed, which would have shown the pre-activation
    problem = neuron("relu", steps=5, rate="1e-300", policy="float64")
    problem["layers"][0]["weights"] = [["1e99", "-1e99"]]
    problem["data"] = [{"inputs": ["1e300", "1e300"], "targets": [0]}]
    solved = tracer.load(problem)
    with pytest.raises(tracer.InputError, match="too large for float64") as caught:
        tracer.solve(solved, only="5/w1[1,1]")
    assert caught.value.faults[0].where == "l1[1](1)"


# exact fractions


@pytest.mark.parametrize("policy", ["display", "step"])
def test_fractions_do_not_grow_without_end_within_a_step(policy: str) -> None:
    began = time.process_time()
    solution = tracer.solve(tracer.load(long_fractions(16, 16, policy=policy)))
    assert time.process_time() - began < 20
    # what is longer than is gone on with is proven all the same
    assert solution["dloss/dw1[1,1]"].exact is None


def test_fractions_of_many_samples_do_not_grow_without_end() -> None:
    began = time.process_time()
    tracer.solve(tracer.load(long_fractions(1, 2, samples=3_000)))
    assert time.process_time() - began < 15


def test_the_policy_exact_says_which_fraction_is_too_long() -> None:
    fault = refused(long_fractions(16, 16, policy="exact"))
    assert fault.startswith("p1[1](1): its exact fraction has ")
    assert fault.endswith(" bits; the policy display can go on")


def test_what_goes_on_as_a_ball_has_the_digits_of_the_fraction() -> None:
    problem = long_fractions(3, 6, digits=30)
    solution = tracer.solve(tracer.load(problem))
    # by hand, in fractions of any length
    outputs = problem["data"][0]["inputs"]
    for layer in problem["layers"]:
        sums = [sum(w * x for w, x in zip(row, outputs, strict=True)) for row in layer["weights"]]
        outputs = [max(p, Fraction(0)) for p in sums]
    assert max(p.denominator.bit_length() for p in sums) > 4_096
    for j, p in enumerate(sums, start=1):
        quantity = solution[f"p3[{j}](1)"]
        assert abs(Fraction(quantity.value) - p) <= Fraction(1, 2 * 10**30)
        assert quantity.exact == (p if p.denominator.bit_length() <= 4_096 else None)


def test_fractions_stay_bounded_over_several_steps() -> None:
    text = (ROOT / "examples" / "deck.toml").read_text(encoding="utf-8")
    problem = tracer.load(f'{text}\n[numbers]\nstyle = "fraction"\n')
    solution = tracer.solve(with_changes(problem, steps=12))
    page = solution.render("text")
    assert "/" in page
    assert max(map(len, page.split())) <= 2 * 4_096 / 3.3 + 2
    assert solution["12/loss"].exact is None


# programs of many lines


def test_a_program_in_parts_is_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = tracer.load(neuron("sigmoid", steps=7))
    whole = tracer.solve(problem).solved.values
    monkeypatch.setattr("tracer.program._LINES_AT_ONCE", 3)
    assert tracer.solve(problem).solved.values == whole


def test_a_fault_in_a_later_part_is_at_its_quantity(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracer.program._LINES_AT_ONCE", 3)
    fault = refused(long_fractions(3, 6, policy="exact"))
    monkeypatch.undo()
    assert refused(long_fractions(3, 6, policy="exact")) == fault
    assert fault.startswith("p2[1](1): ")


def test_a_fraction_too_long_to_read_gives_way_to_its_decimals() -> None:
    """Two steps of the deck in fractions had thirty digits above and below the line."""
    problem = tracer.load(tracer.DECK)
    numbers = replace(problem.numbers, style="fraction")
    found = tracer.solve(replace(problem, numbers=numbers, steps=2))
    assert found.solved.values["dloss/dw1[1,2]"].number.text == "333/250"
    decimals = tracer.solve(replace(problem, steps=2))
    assert found.solved.values["2/loss"] == decimals.solved.values["2/loss"]
    assert found["2/loss"].exact is not None


def test_a_number_that_no_line_has_room_for_is_refused_in_latex() -> None:
    problem = tracer.load(tracer.DECK)
    numbers = replace(problem.numbers, policy="exact")
    assert "6629877942113" in tracer.solve(replace(problem, numbers=numbers)).render("json")
    long = tracer.solve(replace(problem, numbers=numbers, steps=3))
    assert len(str(long["3/loss"].value)) > 60
    with pytest.raises(tracer.InputError, match="written in full it has"):
        long.render("latex")


def test_an_output_too_close_to_1_for_its_logarithm_is_refused() -> None:
    layer = {"weights": [[2500]], "biases": False, "activation": "sigmoid"}
    problem = {
        "layers": [layer],
        "data": [{"inputs": 1, "targets": 0}],
        "loss": {"kind": "binary_cross_entropy", "shortcut": False},
    }
    with pytest.raises(tracer.InputError, match=r"^l1\[1\]\(1\): it is closer to 0 or 1"):
        tracer.solve(tracer.load(problem), only="loss(1)")
    problem["layers"] = [{**layer, "weights": [[200]]}]
    assert tracer.solve(tracer.load(problem)).render("text")

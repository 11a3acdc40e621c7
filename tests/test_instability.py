"""Remarks on what goes wrong in the numbers: present where it holds, absent just beyond."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import mpmath
import pytest
import sympy

import tracer
from tests.test_recompute import assert_true, check
from tracer import losses
from tracer.activations import ACTIVATIONS


def network(*layers: tuple[Any, Any, str], data: Any, **more: Any) -> dict[str, Any]:
    keys = ("weights", "biases", "activation")
    return {
        "layers": [dict(zip(keys, layer, strict=True)) for layer in layers],
        "data": [{"inputs": x, "targets": t} for x, t in data],
        **more,
    }


def page(source: Mapping[str, Any]) -> str:
    return " ".join(tracer.solve(tracer.load(source)).render("text").split())


STEP = {"training": {"learning_rate": "0.1"}}

# twins


def twins(outgoing: list[list[Any]], second: Any = 2, **more: Any) -> str:
    hidden = ([[1, 2], [1, second]], [0, 0], "sigmoid")
    last = (outgoing, False, "identity")
    data = [([1, "0.5"], [1] * len(outgoing)), ([0, 1], [0] * len(outgoing))]
    return page(network(hidden, last, data=data, **(STEP | more)))


SWAP = "l₁¹ and l₂¹ come from the same weights and bias: no number of the forward pass shows a swap"


def test_twins_with_equal_outgoing_weights_stay_twins() -> None:
    text = twins([[3, 3]])
    assert SWAP in text
    assert (
        "Their outgoing weights are equal too, so they have equal gradients and stay twins." in text
    )


@pytest.mark.parametrize(("slopes", "is_said"), [(["0.1", "0.5"], False), (["0.1", "0.1"], True)])
def test_neurons_with_slopes_of_their_own_are_no_twins(slopes: list[str], is_said: bool) -> None:
    source = network(
        ([[1, 2], [1, 2]], [0, 0], "prelu"),
        ([[3, 3]], False, "identity"),
        data=[([1, "0.5"], 1), ([-2, 1], 0)],
        **STEP,
    )
    source["layers"][0]["slopes"] = slopes
    text = page(source)
    assert ("come from the same" in text) == is_said
    assert ("come from the same weights, bias and slope: no number" in text) == is_said


def test_twins_with_other_outgoing_weights_part() -> None:
    assert "Their outgoing weights differ, and so do their gradients." in twins([[3, "3.01"]])


def test_twins_are_the_same_to_the_last_digit() -> None:
    assert "swap" not in twins([[3, 3]], second="2.0000000001")


def test_twins_of_which_some_are_fixed_are_not_said_to_stay() -> None:
    source = network(
        ([[1], [1]], [0, 0], "sigmoid"), ([[1, 1]], [0], "identity"), data=[(1, 0)], **STEP
    )
    source["layers"][0]["frozen"] = ["w[1,1]"]
    text = page(source)
    assert "swap" in text
    assert "stay twins" not in text


def test_the_twins_of_the_deck() -> None:
    text = " ".join(tracer.solve(tracer.load(tracer.DECK)).render("text").split())
    assert SWAP in text
    assert "so do their gradients" in text


# dead neurons


def relu(bias: Any, inputs: tuple[Any, ...] = (1, 2), **more: Any) -> str:
    layers = ([[1]], [bias], "relu"), ([[1]], False, "identity")
    return page(network(*layers, data=[(x, 9) for x in inputs], **(STEP | more)))


DEAD = "p₁¹ is not positive at any sample: a dead neuron, its weights and bias get no gradient."


def test_a_neuron_that_no_sample_reaches_is_dead() -> None:
    assert f"{DEAD} It stays dead, since the samples do not change." in relu(-2)


def test_a_neuron_that_one_sample_just_reaches_is_not_dead() -> None:
    assert "dead" not in relu("-1.9999999")


def test_a_penalty_or_momentum_may_move_a_dead_neuron() -> None:
    text = relu(-2, loss={"penalty": {"lambda": "0.1"}})
    assert "get no gradient but the penalty's." in text
    assert "stays dead" not in text
    text = relu(-2, optimizer={"kind": "adam"})
    assert DEAD in text
    assert "stays dead" not in text


def test_a_neuron_that_a_step_kills() -> None:
    layers = ([[1]], [0], "relu"), ([[1]], False, "identity")
    source = network(*layers, data=[(1, -9)], training={"learning_rate": 1})
    before, after = page(source).split("Updated Model")
    assert "dead" not in before
    assert "p₁¹ is not positive at this sample: a dead neuron" in after


def test_a_dead_neuron_above_may_be_reached_by_other_inputs() -> None:
    layers = ([[1]], [0], "sigmoid"), ([[-1], [-2]], [0, 0], "relu"), ([[1, 1]], False, "identity")
    text = page(network(*layers, data=[(1, 1), (2, 1)], **STEP))
    assert (
        "p₁² and p₂² are not positive at any sample: dead neurons, their weights and biases get no "
        "gradient. They stay dead unless their inputs change." in text
    )


# saturation


@pytest.mark.parametrize(
    ("activation", "inside", "beyond"),
    # where y (1 - y) and 1 - y² are 0.01
    [("sigmoid", "4.584", "4.586"), ("tanh", "2.992", "2.994")],
)
def test_saturation_begins_below_a_hundredth(activation: str, inside: str, beyond: str) -> None:
    for weight, said in ((inside, False), (beyond, True)):
        layers = ([[weight]], False, activation), ([[1]], False, "identity")
        text = page(network(*layers, data=[(1, 1)], **STEP))
        assert ("saturated: ∂l₁¹/∂p₁¹ ≈ 0.0099" in text) is said, weight


def test_the_samples_of_a_saturated_neuron() -> None:
    layers = ([[1]], False, "sigmoid"), ([[1]], False, "identity")
    text = page(network(*layers, data=[(0, 1), (5, 1), (6, 1)], **STEP))
    assert "σ is saturated: ∂l₁¹/∂p₁¹ ≈ 0.00247 at sample 3 (and 1 more). Hardly any" in text


def test_a_loss_that_makes_up_for_saturation_is_no_reason_to_warn() -> None:
    layer = ([[8]], False, "sigmoid")
    assert "saturated" in page(network(layer, data=[(1, 0)], **STEP))
    loss = {"kind": "binary_cross_entropy"}
    assert "saturated" not in page(network(layer, data=[(1, 0)], loss=loss, **STEP))


def test_softmax_is_saturated_where_all_its_outputs_are() -> None:
    for weight, said in ((4, False), (5, True)):
        layer = ([[weight], [0]], False, "softmax")
        text = page(network(layer, data=[(1, [0, 1])], **STEP))
        assert ("softmax is saturated" in text) is said


def test_layers_below_all_that_learns_are_left_alone() -> None:
    for activation, word in (("sigmoid", "saturated"), ("relu", "dead")):
        layers = ([[-9]], False, activation), ([[1]], [0], "identity")
        source = network(*layers, data=[(1, 1)], **STEP)
        assert word in page(source)
        source["layers"][0]["frozen"] = ["weights"]
        assert word not in page(source)


# kinks


def test_a_weight_of_0_under_the_l1_penalty() -> None:
    for weight, said in ((0, True), ("1e-9", False)):
        layer = ([[weight, 1]], False, "identity")
        loss = {"penalty": {"kind": "l1", "lambda": 1}}
        text = page(network(layer, data=[([1, 1], 1)], loss=loss, **STEP))
        assert ("w₁,₁¹ is 0, where the penalty has no derivative: 0 is used." in text) is said


# a logarithm of what rounds to 0 or 1


def logits(kind: str, weights: list[list[Any]], targets: Any, policy: str) -> dict[str, Any]:
    activation = "sigmoid" if kind.startswith("binary") else "softmax"
    return network(
        (weights, False, activation),
        data=[(1, targets)],
        loss={"kind": kind},
        numbers={"policy": policy},
        **STEP,
    )


ROUNDED = "An output that prints as 0 or 1 is only rounded to it; its loss comes from"


def nearly(found: Decimal, true: Any, policy: str) -> None:
    """``found`` is ``true``; floats can't hold what is below 10^-300."""
    value = mpmath.mpf(str(found))
    if policy == "float64" and abs(true) < mpmath.mpf("1e-300"):
        assert value == 0
    else:
        assert abs(value - true) <= abs(true) / 100


@pytest.mark.parametrize("policy", ["display", "float64"])
@pytest.mark.parametrize("target", [0, 1])
@pytest.mark.parametrize("p", [-800, -40, -5, 5, 40, 800])
def test_binary_cross_entropy_far_out(p: int, target: int, policy: str) -> None:
    problem = tracer.load(logits("binary_cross_entropy", [[p]], target, policy))
    solution = tracer.solve(problem)
    with mpmath.workdps(800):
        output = 1 / (1 + mpmath.exp(-p))
        nearly(solution["loss"].value, -mpmath.log(output if target else 1 - output), policy)
        nearly(solution["dloss/dw1[1,1]"].value, output - target, policy)
    text = " ".join(solution.render("text").split())
    rounds = p >= 40 or (policy == "float64" and p <= -800)
    assert (ROUNDED in text) is rounds
    assert_true(check(solution.render("latex"), problem))


@pytest.mark.parametrize("policy", ["display", "float64"])
@pytest.mark.parametrize("p", [-800, -40, 5, 40, 800])
def test_cross_entropy_far_out(p: int, policy: str) -> None:
    source = logits("cross_entropy", [[p], [0], [1]], [0, 1, 0], policy)
    problem = tracer.load(source)
    solution = tracer.solve(problem)
    assert_true(check(solution.render("latex"), problem))
    with mpmath.workdps(800):
        powers = [mpmath.exp(x) for x in (p, 0, 1)]
        total = mpmath.fsum(powers)
        nearly(solution["loss"].value, mpmath.log(total), policy)
        for j, target in enumerate((0, 1, 0)):
            true = powers[j] / total - target
            nearly(solution[f"dloss/dw1[{j + 1},1]"].value, true, policy)
    assert (ROUNDED in " ".join(solution.render("text").split())) is (
        p == 800 or p == 40 or (p == -800 and policy == "float64")
    )


@pytest.mark.parametrize("row", [row for row in losses.LOSSES.values() if row.shortcut])
def test_the_stable_form_is_the_loss(row: losses.LossRow) -> None:
    """Each output's loss in the pre-activations, at numbers, against the loss of the output."""
    t, y = sympy.symbols("t y")
    pres = sympy.symbols("x:3") if row.shortcut == "softmax" else sympy.symbols("x:1")
    others = sympy.Add(*(sympy.exp(x) for x in pres[1:]))
    output = ACTIVATIONS[row.shortcut].formula(pres[0], others)
    assert row.stable is not None
    difference = row.formula(t, y).doit().subs(y, output) - row.stable(t, pres[0], pres[1:])
    for numbers in ((0.3, 1.2, -0.4, 2.0), (1, -3.1, 0.2, 0.7), (0, 2.5, 1.5, 0.1)):
        found = difference.subs(dict(zip((t, *pres), numbers, strict=False)))
        assert abs(sympy.N(found, 30)) < 1e-12


def test_a_rounded_output_by_hand_says_what_would_help() -> None:
    with pytest.raises(tracer.InputError, match=r"an output is rounded to 0 or 1, .* more digits"):
        tracer.solve(tracer.load(logits("binary_cross_entropy", [[40]], 0, "step")))
    source = logits("binary_cross_entropy", [[40]], 0, "float64")
    source["loss"]["shortcut"] = False
    with pytest.raises(tracer.InputError, match=r"an output is rounded .* with shortcut = true"):
        tracer.solve(tracer.load(source))


# exact signs


def graph(*steps: str, given: Mapping[str, Any], **numbers: Any) -> dict[str, Any]:
    return {"graph": {"given": dict(given), "steps": list(steps)}, "numbers": numbers}


def test_decimals_cancel_exactly() -> None:
    solution = tracer.solve(
        tracer.load(
            graph("f = relu(a + b - c)", given=dict(zip("abc", ("0.1", "0.2", "0.3"), strict=True)))
        )
    )
    assert solution["f"].exact == 0
    assert solution["df/da"].exact == 0


@pytest.mark.parametrize(
    ("formula", "x", "y"),
    [
        ("sigmoid(x) - sigmoid(y)", 1, 1),
        ("log(x) + log(y) - log(6)", 2, 3),
        ("sqrt(x)*sqrt(y) - sqrt(6)", 2, 3),
        ("tanh(x) + tanh(y)", 1, -1),
        ("tanh(x) - 2*sigmoid(y) + 1", 1, 2),
    ],
)
def test_irrational_terms_that_cancel_are_decided(formula: str, x: int, y: int) -> None:
    source = graph(f"f = relu({formula}) + x", given={"x": x, "y": y})
    solution = tracer.solve(tracer.load(source))
    assert solution["f"].value == x
    assert solution["df/dx"].exact == 1
    # just beside it is no tie
    beside = source | {"graph": source["graph"] | {"given": {"x": x + Fraction(1, 1000), "y": y}}}
    assert tracer.solve(tracer.load(beside))["df/dx"].value > Decimal("1.0001")


def test_twins_that_cancel_in_a_relu() -> None:
    hidden = ([[1, 2], [1, 2]], [0, 0], "sigmoid")
    layers = hidden, ([[1, -1]], False, "relu"), ([[2]], [1], "identity")
    data = [([1, "0.5"], 1), ([3, 1], 1)]
    solution = tracer.solve(tracer.load(network(*layers, data=data, **STEP)))
    assert solution["l2[1](1)"].exact == solution["1/l2[1](2)"].exact == 0
    assert solution["dloss/dw1[1,1]"].exact == 0


def test_what_can_not_be_shown_is_refused() -> None:
    # equal, but longer than what SymPy is asked about
    terms = " + ".join(f"sigmoid(x*{n})" for n in range(1, 30))
    steps = (f"a = {terms}", f"b = {terms} + exp(x)/exp(x) - 1", "f = relu(a - b)")
    with pytest.raises(tracer.InputError, match="its sign or a digit can't be proven"):
        tracer.solve(tracer.load(graph(*steps, given={"x": 1})))


# graphs


def graph_page(*steps: str, **given: Any) -> str:
    return page(graph(*steps, given=given))


def test_a_saturated_step() -> None:
    said = (
        "σ is saturated at a: the derivative there is below 0.01, and hardly any gradient passes."
    )
    assert said in graph_page("a = sigmoid(x)", "f = a*y", x="4.6", y=1)
    assert said not in graph_page("a = sigmoid(x)", "f = a*y", x="4.58", y=1)
    assert said in graph_page("a = sigmoid(x)", "f = a*y", x="-4.6", y=1)
    assert "tanh is saturated at a:" in graph_page("a = tanh(x*y)", "f = a*y", x="3.1", y=1)
    assert "saturated" not in graph_page("a = sigmoid(y)", "f = relu(x)", x=1, y=9)


@pytest.mark.parametrize(
    ("formula", "x", "words"),
    [
        ("relu(x - 2) + x", 2, "In f ReLU's argument is 0, where it has no derivative: 0 is used."),
        ("max(x, 3) + x", 3, "In f both arguments of max are equal: the derivative is taken by"),
        ("y*min(x*y, 3)", 3, "In f both arguments of min are equal: the derivative is taken by"),
    ],
)
def test_a_tie_inside_a_formula(formula: str, x: int, words: str) -> None:
    assert words in graph_page(f"f = {formula}", x=x, y=1)
    assert words not in graph_page(f"f = {formula}", x=f"{x}.0001", y=1)


def fault(source: str) -> str:
    with pytest.raises(tracer.InputError) as caught:
        tracer.solve(tracer.load(source))
    (found,) = caught.value.faults
    return str(found)


def test_a_division_by_zero_has_its_place_and_its_values() -> None:
    text = (
        '[graph]\ngiven = { x = 2, y = 2 }\nsteps = [\n  "d = x - y",\n  "f = x/y + x/(d*x)",\n]\n'
    )
    assert fault(text) == (
        "f: division by zero; the denominator is 0 at d = 0, x = 2 (the step at <text>:5:3)"
    )


@pytest.mark.parametrize("policy", ["float64", "display"])
def test_an_exponential_beyond_all_bounds_says_what_would_help(policy: str) -> None:
    source = '[graph]\ngiven = { x = 1000 }\nsteps = ["a = exp(x)", "f = a/(a + 1)"]\n'
    source += f'[numbers]\npolicy = "{policy}"\n'
    found = fault(source)
    assert found.startswith("a: it is")
    assert "here x = 1000; take the largest exponent off all of them" in found
    assert found.endswith("(the step at <text>:3:10)")


def test_floats_take_logarithms_of_sums_of_large_exponentials() -> None:
    steps = "f = log(exp(x) + exp(y) + exp(z))", "g = f + log(1 + exp(x) + exp(z))"
    source = graph(*steps, given={"x": 1000, "y": 999, "z": -1000}, policy="float64")
    solution = tracer.solve(tracer.load(source))
    true = 1000 + mpmath.log1p(mpmath.exp(-1))
    assert abs(float(solution["f"].value) - true) < 1e-5
    assert abs(float(solution["g"].value) - true - 1000) < 1e-5
    slopes = [float(solution[f"dg/d{name}"].value) for name in "xyz"]
    assert slopes == pytest.approx([1 / (1 + mpmath.exp(-1)) + 1, 1 / (1 + mpmath.e), 0], abs=1e-5)


@pytest.mark.parametrize(("p", "is_said"), [(700, False), (710, True)])
def test_exponentials_beyond_floats(p: int, is_said: bool) -> None:
    problem = logits("cross_entropy", [[p], [p - 1]], [1, 0], "display")
    text = " ".join(tracer.solve(tracer.load(problem)).render("text").split())
    said = "Exponentials beyond exp(709) are too large for a computer's floats." in text
    assert said is is_said


KINK = "p₁¹[1] is exactly 0, at the kink of ReLU: the derivative there is taken to be 0."


@pytest.mark.parametrize(("bias", "is_said"), [("0", True), ("1e-30", False)])
def test_a_pre_activation_of_exactly_0_is_said(bias: str, is_said: bool) -> None:
    problem = network(
        ([["0.1", "0.2", "-0.3"]], [bias], "relu"),
        ([["1"]], ["0.5"], "identity"),
        data=[([1, 1, 1], [1]), ([1, 1, 0], [1])],
    )
    text = " ".join(tracer.solve(tracer.load(problem)).render("text").split())
    assert (KINK in text) is is_said


@pytest.mark.parametrize(("a", "is_said"), [(700, False), (1000, True)])
def test_exponentials_of_a_graph_beyond_floats(a: int, is_said: bool) -> None:
    source = {"graph": {"given": {"a": a, "b": 1}, "steps": ["f = log(exp(a) + exp(b))"]}}
    text = " ".join(tracer.solve(tracer.load(source)).render("text").split())
    assert ("In f there are exponentials beyond exp(709)" in text) is is_said

"""The loss by itself: its parts by output, and one of the user's own."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from sympy import Rational, sqrt

import tracer
from tests import reference
from tests.conftest import ROOT
from tests.test_recompute import assert_true, check
from tracer import circuit
from tracer.loading import with_changes
from tracer.own_formula import read_loss
from tracer.own_functions import TARGET_AND_OUTPUT as VARIABLES
from tracer.own_functions import printed_slope, with_cases

MAZUR = ROOT / "examples" / "published" / "mazur_2_2_2.toml"


def two_by_two(**loss: Any) -> dict[str, Any]:
    layer = {"weights": [["0.5", -1], [2, "0.25"]], "biases": [1, 0], "activation": "identity"}
    data = [{"inputs": [1, 2], "targets": [1, -1]}, {"inputs": [3, -1], "targets": [-1, 1]}]
    return {"layers": [layer], "data": data, "loss": loss}


# parts


@pytest.mark.parametrize("kind", ["squared_error", "absolute_error", "huber", "hinge"])
@pytest.mark.parametrize("outputs", ["sum", "mean"])
def test_a_sample_s_loss_reads_its_parts(kind: str, outputs: str) -> None:
    problem = two_by_two(kind=kind, factor="3/2", outputs=outputs, samples="mean")
    solution = tracer.solve(tracer.load(problem))
    expected = reference.solve(problem)
    for n in (1, 2):
        parts = [f"loss[{k}]({n})" for k in (1, 2)]
        rule = solution[f"loss({n})"].rule
        assert {str(symbol) for symbol in rule.free_symbols} == set(parts)
        assert [solution[name].exact for name in parts] == [expected[name] for name in parts]
        total = sum(expected[name] for name in parts)
        assert solution[f"loss({n})"].exact == (total / 2 if outputs == "mean" else total)


def test_the_paths_have_no_factor_for_the_parts() -> None:
    solution = tracer.solve(tracer.load(MAZUR))
    paths = [[factor.id for factor in path.factors] for path in solution["dloss/dw1[1,1]"].chain]
    assert [path[0] for path in paths] == ["dloss/dl2[1]", "dloss/dl2[2]"]
    assert not any("dloss[" in name or "/dloss" in name for name in solution.ids)


def test_one_output_has_no_parts() -> None:
    solution = tracer.solve(tracer.load(tracer.DECK))
    assert not any("loss[" in name for name in solution.ids)


@pytest.mark.parametrize(
    ("notation", "spelling"),
    [
        ("mazur", "E_{o1}"),
        ("mazur", "E_o1"),
        ("deck", "E_1"),
        ("nielsen", "C_{1}"),
        ("mitchell", "E_5"),
        ("ng", "L_1^{(1)}"),
        ("deck", "loss[1]"),
        ("deck", "loss[1](1)"),
    ],
)
def test_a_part_by_its_symbol(notation: str, spelling: str) -> None:
    problem = with_changes(tracer.load(MAZUR), notation=notation)
    solution = tracer.solve(problem, only=spelling)
    assert solution["loss[1](1)"].value == tracer.solve(problem)["loss[1](1)"].value
    assert "0.274811083" in solution.render("text")


@pytest.mark.parametrize(
    ("name", "notation", "symbol"),
    [
        ("L", "deck", "L_1"),
        ("MSE", "deck", "E_1"),
        ("T", "han-kamber", "E_{3}"),
        ("J", "mazur", "J_{o1}"),
    ],
)
def test_parts_have_the_letter_of_the_loss(name: str, notation: str, symbol: str) -> None:
    problem = tracer.load(two_by_two(name=name) | {"notation": notation})
    assert tracer.solve(problem)["loss[1](1)"].latex.startswith(symbol.replace("{3}", "3"))


def test_parts_are_results_by_hand_and_add_up() -> None:
    problem = two_by_two(factor="1/3", outputs="mean") | {
        "numbers": {"policy": "step", "digits": 2}
    }
    solution = tracer.solve(tracer.load(problem))
    parts = [Fraction(solution[f"loss[{k}](1)"].value) for k in (1, 2)]
    # l = (-0.5, 2.5): (1.5^2, 3.5^2) / 3
    assert parts == [Fraction("0.75"), Fraction("4.08")]
    assert Fraction(solution["loss(1)"].value) == Fraction("2.42")  # 2.415 rounded


def test_parts_of_cross_entropy_are_not_printed(tmp_path: Path) -> None:
    text = tracer.solve(tracer.load(ROOT / "examples" / "softmax.toml")).render("text")
    assert "output by output" not in text
    assert "E₁" not in text


# a loss of the user's own

FORMULAS = {
    "(t - y)^4": "-4(f* - l₁¹)³",
    "(t - y)^4 / 4": "-(f* - l₁¹)³",
    "(y - t)^2": "2(l₁¹ - f*)",
    "max(0, 1 - t*y)": "-f*·step(1 - f*·l₁¹)",
    "abs(t - y)": "-sign(f* - l₁¹)",
    "relu(t - y)^2 + 3*relu(y - t)": None,
    "min((t - y)^2, 1)": "2(l₁¹ - f*)·ReLU'(1 - (f* - l₁¹)²)",
    "sqrt(1 + (y - t)^2) - 1": "(l₁¹ - f*)/√(1 + (l₁¹ - f*)²)",
    "log(exp(t - y) + exp(y - t)) - log(2)": None,
    "-t*log(y) - (1 - t)*log(1 - y)": "(l₁¹ - f*)/(l₁¹·(1 - l₁¹))",
    "(t - y)^2/(t^2 + y^2)": None,
    "exp(-t*y)": "-f*·exp(-f*·l₁¹)",
    "softplus(-t*y)": None,
    "sigmoid(-2*t*y)": None,
    "tanh(t - y)^2": None,
    "y*abs(y)": "2·|l₁¹|",
    "t - y": "-1",
    "2*y - 3*t": "2",
    "y*0 + t*0 + y": "1",
    "0*y": "0",
    "sqrt(y)": "1/(2·√(l₁¹))",
    "3/y": "-3/(l₁¹)²",
    # as an activation has it
    "(y - t)/(1 + abs(y - t))": "1/(1 + |l₁¹ - f*|)²",
}


def one_neuron(formula: str, **loss: Any) -> dict[str, Any]:
    layer = {"weights": [["0.5"]], "biases": ["0.1"], "activation": "sigmoid"}
    data = [{"inputs": 1, "targets": "0.2"}, {"inputs": -1, "targets": "0.9"}]
    return {"layers": [layer], "data": data, "loss": {"formula": formula, **loss}}


@pytest.mark.parametrize(("formula", "slope"), FORMULAS.items())
def test_an_own_loss_and_its_gradient(formula: str, slope: str | None) -> None:
    """Against dual numbers, difference quotients, and SymPy's derivative of what is computed."""
    problem = one_neuron(formula, factor="3/2", samples="mean") | {"numbers": {"digits": 20}}
    solution = tracer.solve(tracer.load(problem))
    expected = reference.solve(problem)
    assert set(expected) == set(solution.ids)
    for name, true in expected.items():
        if name.startswith(("loss", "dloss")):
            assert Fraction(solution[name].value) == reference.printed(true, 20), name
    for name in ("w1[1,1]", "b1[1]"):
        quotient = reference.difference_quotient(problem, name)
        assert abs(float(solution[f"dloss/d{name}"].value) - float(quotient)) < 1e-12
    if slope is not None:
        text = " ".join(tracer.solve(tracer.load(one_neuron(formula))).render("text").split())
        assert f"∂E/∂l₁¹ = {slope} " in text.replace("f*(l₁⁰)", "f*")


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("place", [("0.3", "0.7"), ("2", "-0.5"), ("-1", "0.25")])
def test_the_printed_derivative_is_that_of_the_formula(
    formula: str, place: tuple[str, str]
) -> None:
    tree = read_loss(formula)
    value = circuit.expression(tree, VARIABLES, circuit.function_of)
    slope = with_cases(printed_slope(tree, VARIABLES))
    t, y = map(Rational, place)
    if "log" in formula and not (0 < y < 1):
        return
    # the difference quotient of the values alone
    h = Rational(1, 10**12)
    at = [value.xreplace(dict(zip(VARIABLES, (t, own), strict=True))) for own in (y - h, y + h)]
    quotient = (at[1] - at[0]) / (2 * h)
    found = slope.xreplace(dict(zip(VARIABLES, (t, y), strict=True)))
    root = circuit.sqrt
    quotient, found = (one.replace(root, sqrt).evalf(40) for one in (quotient, found))
    assert abs(quotient - found) < 1e-9


@pytest.mark.parametrize(
    ("formula", "target", "slope", "words"),
    [
        ("abs(t - y)", "0.5", 0, "0 is used at 0, where the absolute value has no derivative"),
        ("relu(y - t)", "0.5", 0, "0 is used at 0, where ReLU has no derivative"),
        ("max(0, t - y)", "0.5", -1, "the derivative is that of the second"),
        ("max(t - y, 0)", "0.5", 0, "ReLU' is 1 for positive"),
        ("min(0, t - y)", "0.5", -1, "the derivative is that of the second"),
    ],
)
def test_kinks_of_an_own_loss(formula: str, target: str, slope: int, words: str) -> None:
    problem = one_neuron(formula)
    problem["layers"][0]["biases"] = ["-0.5"]  # the output is 1/2
    problem["data"] = [{"inputs": 1, "targets": target}]
    solution = tracer.solve(tracer.load(problem))
    assert solution["dloss/dl1[1](1)"].exact == slope
    assert words in " ".join(solution.render("text").split())


FAULTS = {
    "(t - x)^2": '"x" is unknown; the variables are "t" and "y", at character 6 of the formula, '
    'near "(t - x)^2"',
    "T - y": '"T" is unknown; the variables are "t" and "y", at character 1',
    "t^2": '"y" does not stand in it',
    "1/(2 - 2)*y": "division by zero",
    "(9^64)^64*y": "a power of more than 8,192 bits",
    "y[1]": '"y" can have no index here, at character 1',
    "(t - y": 'expected ")", not the end, at character 7',
    "ab(y)": 'no function "ab", at character 1 of the formula, near "ab(y)"; did you mean "abs"?',
    "sum(i = 1..2, y)": "a sum over a range has no use here, at character 1",
    "((y^9)^9)^9": "it is too long to be differentiated on a page",
    "+".join(["exp(y)"] * 28): None,
    "exp(" * 8 + "y" + ")" * 8: "it is too long to be differentiated on a page",
}


@pytest.mark.parametrize(("formula", "message"), FAULTS.items())
def test_faults_of_a_formula(formula: str, message: str | None) -> None:
    text = f"""[[layers]]
weights = [[1]]
biases = false
activation = "identity"
[[data]]
inputs = 1
targets = 1
[loss]
factor = 2
formula = "{formula}"
"""
    if message is None:
        tracer.solve(tracer.load(text))
        return
    with pytest.raises(tracer.InputError) as caught:
        tracer.load(text)
    assert str(caught.value).startswith(f"<text>:10:11: {message}")


def test_what_does_not_go_with_a_formula() -> None:
    for more, message in (
        ({"kind": "huber"}, '"formula" stands in the place of "kind"; leave out one of them'),
        ({"delta": 1}, 'only kind = "huber" has a delta, not a formula'),
    ):
        with pytest.raises(tracer.InputError, match=message):
            tracer.load(one_neuron("(t - y)^2", **more))
    problem = one_neuron("exp(t - y)") | {"numbers": {"policy": "exact"}}
    problem["layers"][0]["activation"] = "identity"
    message = '"exact" works with fractions, but the loss has exp'
    with pytest.raises(tracer.InputError, match=message):
        tracer.load(problem)


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("log(y - t)", r"loss\(2\): the logarithm of a number that is not positive"),
        ("t/(y - y)", r"loss\(1\): it has no finite value"),
        ("log(0) + y", r"loss\.formula: a function of a number in it has no value"),
    ],
)
def test_a_value_that_does_not_exist_is_named(formula: str, message: str) -> None:
    with pytest.raises(tracer.InputError, match=message):
        tracer.solve(tracer.load(one_neuron(formula)))


def test_parts_of_an_own_loss_of_two_outputs() -> None:
    problem = two_by_two() | {"loss": {"formula": "relu(t - y)^2 + abs(y)", "outputs": "mean"}}
    solution, expected = tracer.solve(tracer.load(problem)), reference.solve(problem)
    for name in solution.ids:
        assert solution[name].exact == expected[name], name


def test_names_of_the_user_never_reach_the_program() -> None:
    with pytest.raises(tracer.InputError):
        tracer.load(one_neuron("__import__('os') + y"))


@pytest.mark.parametrize("formula", FORMULAS)
def test_every_line_of_an_own_loss_comes_out(formula: str) -> None:
    problem = tracer.load(one_neuron(formula) | {"training": {"learning_rate": "0.5"}})
    assert isinstance(problem, tracer.Problem)
    assert_true(check(tracer.solve(problem).render("latex"), problem))


# penalties where steps take batches


def penalised(kind: str, factor: str, batch: int | str, samples: str) -> dict[str, Any]:
    problem = two_by_two(factor="1/2", samples=samples)
    problem["data"].append({"inputs": [0, 2], "targets": [1, 1]})
    problem["loss"]["penalty"] = {"kind": kind, "lambda": "0.3", "factor": factor, "biases": True}
    problem["training"] = {"learning_rate": ["0.1", "0.05"], "steps": 3, "batch": batch}
    return problem


@pytest.mark.parametrize("kind", ["l1", "l2"])
@pytest.mark.parametrize("factor", ["1", "1/2", "1/m", "1/2m"])
@pytest.mark.parametrize("batch", [1, 2])
@pytest.mark.parametrize("samples", ["sum", "mean"])
def test_a_step_of_a_batch_is_one_of_these_samples_with_the_whole_penalty(
    kind: str, factor: str, batch: int, samples: str
) -> None:
    """The same step in a problem of the batch alone, whose penalty is given by its value."""
    problem = penalised(kind, factor, batch, samples)
    solution, expected = tracer.solve(tracer.load(problem)), reference.solve(problem)
    for name in set(solution.ids) & set(expected):
        assert solution[name].exact == expected[name], name
    assert {"batch_loss", "2/batch_loss", "1/penalty"} <= set(solution.ids)
    for step in range(3):
        start = f"{step}/" if step else ""
        starts = [problem["data"][i : i + batch] for i in range(0, 3, batch)]
        alone = problem | {"data": starts[step % len(starts)], "training": {"steps": 0}}
        weights, bias = problem["layers"][0]["weights"], problem["layers"][0]["biases"]
        layer = {**problem["layers"][0]}
        layer["weights"] = [
            [str(solution[f"{start}w1[{j},{k}]"].exact) for k in (1, 2)]
            for j in range(1, len(weights) + 1)
        ]
        layer["biases"] = [str(solution[f"{start}b1[{j}]"].exact) for j in range(1, len(bias) + 1)]
        shares = {"1": 1, "1/2": 2, "1/m": 3, "1/2m": 6}  # of all three samples
        strength = str(Fraction("0.3") / shares[factor])
        rule = {"kind": kind, "lambda": strength, "factor": "1", "biases": True}
        alone = alone | {"layers": [layer], "loss": {**problem["loss"], "penalty": rule}}
        only = tracer.solve(tracer.load(alone))
        assert only["loss"].exact == solution[f"{start}batch_loss"].exact
        assert only["penalty"].exact == solution[f"{start}penalty"].exact
        for name in ("w1[1,1]", "w1[2,2]", "b1[1]"):
            assert only[f"dloss/d{name}"].exact == solution[f"{start}dloss/d{name}"].exact


@pytest.mark.parametrize("batch", [1, 2])
def test_every_line_of_batches_with_a_penalty_comes_out(batch: int) -> None:
    for kind, factor in (("l2", "1/2m"), ("l1", "1")):
        problem = tracer.load(penalised(kind, factor, batch, "mean"))
        assert isinstance(problem, tracer.Problem)
        solution = tracer.solve(problem)
        assert_true(check(solution.render("latex"), problem))
        text = " ".join(solution.render("text").split())
        assert "alone, with the whole penalty:" in text
        words = "m is 3, the number of all samples, in the loss over a batch too:"
        assert (words in text) == factor.endswith("m")
        own = solution["loss(2)"].exact
        assert own == solution["loss[1](2)"].exact + solution["loss[2](2)"].exact


def test_batches_of_all_samples_are_no_batches() -> None:
    whole, batch = (
        tracer.solve(tracer.load(penalised("l2", "1/2m", size, "mean"))) for size in ("all", 3)
    )
    assert {name: whole[name].exact for name in whole.ids} == {
        name: batch[name].exact for name in batch.ids
    }

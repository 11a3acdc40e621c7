"""An activation that is a formula of the user's own: read, differentiated, printed."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

import mpmath
import pytest

import tracer
from tests import reference
from tests.latex_reader import read
from tests.test_recompute import assert_true, check, worked_out


def problem(*formulas: str, inputs: tuple[Any, ...] = ("0.7",), **more: Any) -> dict[str, Any]:
    """A chain of single neurons whose first pre-activations are the inputs."""
    layers = [{"weights": [[1]], "biases": False, "formula": text} for text in formulas]
    data = [{"inputs": value, "targets": 1} for value in inputs]
    return {"layers": layers, "data": data, **more}


def page(source: dict[str, Any], to: str = "text", **options: Any) -> str:
    return tracer.solve(tracer.load(source)).render(to, **options)


# a formula, and its derivative as a page has it
FORMULAS = {
    "x / (1 + abs(x))": "1/(1 + |p|)²",
    "p*sigmoid(2*p)": "(1 + 2·p·(1 - σ(2·p)))·σ(2·p)",
    "x*tanh(softplus(x))": None,
    "x*tanh(log(1 + exp(x)))": None,
    "max(0.1*x, x)": "ReLU'(-p)/10 + step(p)",
    "relu(x)^2": "2·ReLU(p)·ReLU'(p)",
    "exp(-x^2)": "-2·p·exp(-p²)",
    "x/sqrt(1 + x^2)": None,
    "abs(x)*x": "2·|p|",
    "x^3/(1 + x^2)": "(p²·(3 + p²))/(1 + p²)²",
    "min(max(x, -1), 1)": "ReLU'(1 - max(p, -1))·ReLU'(1 + p)",
    "max(x, 0)*x": "2·max(p, 0)",
    "abs(2*x - 1)": "2·sign(2·p - 1)",
    "x*min(max(x + 3, 0), 6)/6": None,
    "log(1 + x^2)": "(2·p)/(1 + p²)",
    "1.7159*tanh(2*x/3)": None,
    "1/(2 + relu(-x))": None,
    "2*x": "2",
    "x - x^3/6": "1 - p²/2",
}


@pytest.mark.parametrize(("formula", "slope"), FORMULAS.items())
def test_a_derivative_is_that_of_the_formula(formula: str, slope: str | None) -> None:
    source = problem(formula, inputs=("0.7", "-0.4", 2), numbers={"digits": 12})
    solution = tracer.solve(tracer.load(source))
    text = " ".join(solution.render("text").split())
    if slope is not None:
        assert f"The derivative of the activation: φ'(p) = {slope} " in text
    with mpmath.mp.workdps(30):
        for n, place in enumerate(("0.7", "-0.4", "2"), start=1):
            x = mpmath.mpf(place)
            own = formula.replace("p", "x") if "p*" in formula else formula
            value = reference.activate("own", own, x)
            assert abs(solution[f"l1[1]({n})"].value - _decimal(value)) < 1e-11
            slope_there = mpmath.diff(partial(_value, own), x)
            assert abs(solution[f"dl1[1]/dp1[1]({n})"].value - _decimal(slope_there)) < 1e-11
    assert_true(check(solution.render("latex"), tracer.load(source)))


def _value(formula: str, x: Any) -> Any:
    return reference.real(reference.activate("own", formula, x))


def _decimal(value: Any) -> Any:
    return Decimal(mpmath.nstr(reference.real(value), 25))


def test_kinks_are_by_the_convention_at_0() -> None:
    for formula, slope, words in (
        ("abs(x)", 0, "At 0, sign(0) = 0 is used"),
        ("relu(x)", 0, "At 0, ReLU'(0) = 0 is used"),
        # the second where both are equal
        ("max(x, 3*x)", 3, "At 0, ReLU'(0) = 0 and step(0) = 1 are used"),
        ("min(x, 3*x)", 3, "At 0, ReLU'(0) = 0 and step(0) = 1 are used"),
    ):
        source = problem(formula, inputs=(0,))
        assert tracer.solve(tracer.load(source))["dl1[1]/dp1[1](1)"].exact == slope
        assert words in page(source)


def test_different_formulas_are_numbered() -> None:
    source = problem("x^2", "x + 1", "p^2")
    text = " ".join(page(source).split())
    assert "φ₁(p) = p² in layer 1, φ₂(p) = p + 1 in layer 2 and φ₁(p) = p² in layer 3" in text
    assert "φ₁'(p) = 2·p" in text
    assert "φ₂'(p) = 1" in text
    assert "φ₁" not in page(problem("x^2", "x^2"))


@pytest.mark.parametrize("policy", ["display", "exact", "step", "float64"])
@pytest.mark.parametrize("style", ["decimal", "fraction"])
def test_every_equation_comes_out(policy: str, style: str) -> None:
    if (policy, style) in (("step", "fraction"), ("float64", "fraction")):
        pytest.skip("these have decimals")
    source = problem("x / (1 + abs(x))", "x^2/3 - x", inputs=("0.7", "-0.3"))
    source |= {"numbers": {"policy": policy, "style": style}}
    steps = 0 if policy == "exact" else 2
    source |= {"training": {"steps": steps, "learning_rate": "0.1"}}
    loaded = tracer.load(source)
    found = check(tracer.solve(loaded).render("latex"), loaded)
    if policy == "float64":
        assert not found.unchecked
        return
    assert_true(found)
    assert not found.unchecked


def test_a_derivation_alone_says_what_the_activation_is() -> None:
    loaded = tracer.load(problem("x / (1 + abs(x))"))
    solution = tracer.solve(loaded, only=["dloss/dw1[1,1]", "l1[1](1)"])
    assert "Here φ(p) = p/(1 + |p|) and φ'(p) = 1/(1 + |p|)²." in solution.render("text")
    found = worked_out(read(solution.render("latex")), loaded)
    assert_true(found)
    assert not found.unchecked


def test_a_case_in_a_denominator_stays_exact() -> None:
    """Where a case is the whole number 0, Python would divide to a float."""
    source = {"graph": {"given": {"x": -1}, "steps": ["f = 2/(3 + relu(x))*x"]}}
    assert tracer.solve(tracer.load(source))["f"].exact == Fraction(-2, 3)
    source = {"graph": {"given": {"x": "0.3"}, "steps": ["f = min(max(x, -1), relu(2*x - 1))"]}}
    solution = tracer.solve(tracer.load(source))
    assert (solution["f"].exact, solution["df/dx"].exact) == (0, 0)


FAULTS = {
    "x +* 2": 'expected a number, a name or a bracket, not "*", at character 4',
    "y + 1": '"y" is unknown; the variable is "x" or "p"',
    "x + p": 'two variables, "x" and "p"; write one of them',
    "3": 'no variable stands in it; write it in "x", the pre-activation',
    "x[1]": '"x" can have no index here',
    "sum(i=1..3, x)": "a sum over a range has no use here",
    "foo(x)": 'no function "foo"; known are exp,',
    "tan(x)": 'no function "tan", at character 1 of the formula, near "tan(x)"; did you mean',
    "abs(" * 30 + "x" + ")" * 30: "it is too long to be differentiated on a page",
    "(x^64)^64": "it is too long to be differentiated on a page",
    "9^64^64": "a power of a power needs brackets, at character 5",
    "x" * 300: "formula must be one line of text, at most 200 characters",
    "x/0": "division by zero",
    "x/(2 - 2)": "division by zero",
    "log(0)*x": "a function of a number in it has no value",
    "log(-1) + x": "a function of a number in it has no value",
    "sqrt(-1) + x": "",
}


@pytest.mark.parametrize(("formula", "words"), FAULTS.items())
def test_a_formula_that_cannot_be_used_is_a_fault(formula: str, words: str) -> None:
    text = f"""\
[[layers]]
weights = [[1]]
biases = false
formula = "{formula}"
[[data]]
inputs = 1
targets = 0
"""
    with pytest.raises(tracer.InputError) as caught:
        tracer.solve(tracer.load(text))
    (fault,) = caught.value.faults
    assert fault.where in ("<text>:4:11", "layers[1].formula", "l1[1](1)")
    assert words in fault.message


@pytest.mark.parametrize(
    ("formula", "where", "words"),
    [
        ("log(x)", "l1[1](1)", "the logarithm of a number that is not positive"),
        ("1/(x + 1)", "l1[1](1)", "division by zero"),
        ("sqrt(x)", "l1[1](1)", "the root of a negative one"),
        ("sqrt(x + 1)", "dl1[1]/dp1[1](1)", "division by zero"),
    ],
)
def test_a_value_that_does_not_exist_is_named(formula: str, where: str, words: str) -> None:
    with pytest.raises(tracer.InputError) as caught:
        tracer.solve(tracer.load(problem(formula, inputs=(-1,))))
    (fault,) = caught.value.faults
    assert fault.where == where
    assert words in fault.message


def test_exact_is_for_rational_formulas() -> None:
    with pytest.raises(tracer.InputError, match="layer 1 has exp, whose values are none"):
        tracer.load(problem("exp(x)", numbers={"policy": "exact"}))
    tracer.load(problem("max(x, 1)/3", numbers={"policy": "exact"}))


def test_a_formula_has_no_slope() -> None:
    source = problem("x")
    source["layers"][0]["slope"] = "0.1"
    with pytest.raises(tracer.InputError, match="has a slope, not a formula"):
        tracer.load(source)

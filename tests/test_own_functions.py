"""Formulas of one's own: what is printed as their derivative is that of what is computed."""

from __future__ import annotations

import pytest
from sympy import Rational, diff, piecewise_fold, sqrt

from tracer import circuit
from tracer.expressions import Tree
from tracer.own_formula import read_activation, read_loss
from tracer.own_functions import (
    PRE,
    TARGET_AND_OUTPUT,
    Variables,
    checked,
    printed_slope,
    with_cases,
)

_ACTIVATIONS = (
    "x/(1 + abs(x))",
    "x*abs(2*x)",
    "max(0.1*x, x)",
    "min(max(x, -1), 1)",
    "x*min(max(x + 3, 0), 6)/6",
    "max(x, 0)*x",
    "max(0, x)*x",
    "max(x, 0) - max(0, x)",
    "x*relu(-3*x)",
    "abs(min(x, -x))",
    "relu(x)^3/(1 + relu(x))",
    "abs(abs(x) - 1)",
    "max(1, 2)*x",
)
_LOSSES = (
    "(y - t)/(1 + abs(y - t))",
    "(t - y)*abs(y - t)",
    "max(y, t)*min(y, t)",
    "max(0, 1 - t*y)",
    "relu(t - y)^2 + 3*relu(y - t)",
    "abs(t)*y/(1 + abs(y))",
)
# kinks of all of them, and places beside
_PLACES = (-3, -1, Rational(-1, 2), 0, 1, 2, 3)


def _assert_equal(tree: Tree, variables: Variables, place: tuple[object, ...]) -> None:
    """SymPy's derivative of the cases themselves, which takes them as they stand at a kink."""
    at = dict(zip(variables, place, strict=True))
    value = piecewise_fold(checked(tree, variables, "").doit())
    true = diff(value, variables[-1]).xreplace(at)
    found = with_cases(printed_slope(tree, variables)).xreplace(at)
    assert found.replace(circuit.sqrt, sqrt).equals(true.replace(circuit.sqrt, sqrt))


@pytest.mark.parametrize("formula", _ACTIVATIONS)
@pytest.mark.parametrize("place", _PLACES)
def test_the_slope_of_an_activation_at_kinks(formula: str, place: object) -> None:
    _assert_equal(read_activation(formula), PRE, (place,))


@pytest.mark.parametrize("formula", _LOSSES)
@pytest.mark.parametrize("target", [-1, 0, 1])
@pytest.mark.parametrize("output", _PLACES)
def test_the_slope_of_a_loss_at_kinks(formula: str, target: object, output: object) -> None:
    _assert_equal(read_loss(formula), TARGET_AND_OUTPUT, (target, output))

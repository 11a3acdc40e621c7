"""The rules of what a problem has as formulas of its own: activations, and the loss."""

from __future__ import annotations

from functools import cache

import sympy
from sympy import Function

from tracer import circuit
from tracer.expressions import FUNCTIONS
from tracer.graph import Template
from tracer.own_functions import PRE, TARGET_AND_OUTPUT, checked, printed_slope, with_cases
from tracer.problem import Loss, Problem


def activation_rules(problem: Problem) -> dict[int, tuple[Template, Template]]:
    """The layers with a formula of their own: it and its derivative, by the layer's number.

    Raises InputError where a part without the variable has no value.
    """
    found = {}
    for number, layer in enumerate(problem.layers, start=1):
        if layer.formula is not None:
            value = checked(layer.formula, PRE, f"layers[{number}].formula")
            slope = with_cases(printed_slope(layer.formula, PRE))
            found[number] = Template(PRE, value), Template(PRE, slope)
    return found


def loss_rules(loss: Loss) -> tuple[Template, Template] | None:
    """The loss of one output and its derivative, with the factor; None where it is a row's.

    Raises InputError where a part of the formula has no value.
    """
    if loss.formula is None:
        return None
    found = checked(loss.formula, TARGET_AND_OUTPUT, "loss.formula")
    slope = with_cases(printed_slope(loss.formula, TARGET_AND_OUTPUT))
    factor = sympy.Rational(loss.factor.numerator, loss.factor.denominator)
    if factor != 1:
        found, slope = (sympy.Mul(factor, one, evaluate=False) for one in (found, slope))
    left = tuple(symbol for symbol in TARGET_AND_OUTPUT if symbol in slope.free_symbols)
    return Template(TARGET_AND_OUTPUT, found), Template(left, slope)


@cache
def printed_functions() -> dict[str, Template]:
    """What a loss or its derivative may be printed with, each of one argument, by its name."""
    slopes = ("sign", "relu'", "step")
    found = {name: with_cases(Function(name, real=True)(*PRE)) for name in slopes}
    found |= {name: circuit.function_of(name, PRE) for name, n in FUNCTIONS.items() if n == 1}
    return {name: Template(PRE, expr) for name, expr in found.items()}

"""A loss of the user's own as rules: its formula, and its derivative as a page prints it.

SymPy differentiates the formula with functions of cases kept by name, so that the derivative can be
printed: |u| has sign(u), ReLU(u) has ReLU'(u), and max(u, v) goes with u where ReLU'(u - v) is 1
and with v where step(v - u) is. What is printed is also what is computed, with the cases in the
place of the names.
"""

from __future__ import annotations

from functools import cache

import sympy
from sympy import Expr, Function, Symbol

from tracer import circuit
from tracer.errors import Fault, InputError
from tracer.expressions import FUNCTIONS, Tree
from tracer.graph import Template
from tracer.own_functions import OF_ONE, OF_TWO, with_cases
from tracer.problem import Loss

VARIABLES = (Symbol("t", real=True), Symbol("y", real=True))
"""The target and the output."""

REMARKS = {
    "sign": "sign is 1 for positive and -1 for negative numbers, and 0 is used at 0, where the "
    "absolute value has no derivative",
    "relu'": "ReLU' is 1 for positive and 0 for negative numbers, and 0 is used at 0, where ReLU "
    "has no derivative",
    "step": "step is 1 from 0 on, and 0 for negative numbers; where both arguments of max or min "
    "are equal, the derivative is that of the second",
}
"""What is said of the functions by which a derivative of cases is printed."""


_BY_NAME = OF_ONE | OF_TWO


def _kept(name: str, args: tuple[Expr, ...]) -> Expr:
    return _BY_NAME[name](*args) if name in _BY_NAME else circuit.function_of(name, args)


def canonical(tree: Tree) -> Expr:
    """A part of the formula as it stands in what SymPy makes of the formula."""
    return circuit.expression(tree, VARIABLES, _kept).doit()


def templates_of(loss: Loss) -> tuple[Template, Template] | None:
    """The loss of one output and its derivative, with the factor; None where it is a row's.

    Raises InputError where a part of the formula has no value.
    """
    if loss.formula is None:
        return None
    try:
        found = circuit.expression(loss.formula, VARIABLES, circuit.function_of)
    except ZeroDivisionError:
        raise InputError(Fault("loss.formula", "division by zero")) from None
    if found.has(sympy.zoo, sympy.nan, sympy.I):
        raise InputError(Fault("loss.formula", "a function of a number in it has no value"))
    factor = sympy.Rational(loss.factor.numerator, loss.factor.denominator)
    slope = with_cases(printed_slope(loss.formula))
    if factor != 1:
        found, slope = (sympy.Mul(factor, one, evaluate=False) for one in (found, slope))
    left = tuple(symbol for symbol in VARIABLES if symbol in slope.free_symbols)
    return Template(VARIABLES, found), Template(left, slope)


@cache
def printed_slope(tree: Tree) -> Expr:
    """The derivative by the output as it is printed, functions of cases by name."""
    raw = sympy.diff(canonical(tree), VARIABLES[1])
    return min((sympy.factor_terms(raw), raw), key=sympy.count_ops)


def names_of(expr: Expr) -> set[str]:
    """The names of the functions in a derivative."""
    return {call.func.__name__ for call in expr.atoms(Function)}


@cache
def printed_functions() -> dict[str, Template]:
    """What a loss or its derivative may be printed with, each of one argument, by its name."""
    x = VARIABLES[0]
    slopes = {name: with_cases(Function(name, real=True)(x)) for name in REMARKS}
    one = [name for name, count in FUNCTIONS.items() if count == 1]
    return {
        name: Template((x,), expr)
        for name, expr in (slopes | {n: circuit.function_of(n, (x,)) for n in one}).items()
    }

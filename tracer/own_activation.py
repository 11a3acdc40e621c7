"""A user's own activation as rules: its formula, and its derivative as a page prints it.

SymPy differentiates the formula with functions that are a matter of cases kept by name, so that
the derivative can be printed: |x| has sign(x), ReLU(x) has ReLU'(x), max(x, y) goes with x where
ReLU'(x - y) is 1. What is printed is also what is computed: the values come from the simplified
form with the cases in the place of the names.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import sympy
from sympy import Expr, Function, Integer, Mul, Pow, Symbol

from tracer import circuit
from tracer.errors import Fault, InputError
from tracer.expressions import Tree
from tracer.graph import Template
from tracer.own_functions import OF_ONE, with_cases
from tracer.problem import Problem

_X = Symbol("x", real=True)
# up to here a derivative is also tried as one fraction
_MOST_OPERATIONS = 60
_MOST_EXPONENT = 16


def _named(name: str, args: tuple[Expr, ...]) -> Expr:
    """A function of a formula with its cases behind a name."""
    if name in OF_ONE:
        return OF_ONE[name](args[0])
    if name == "max":  # as ``function_of`` has it: the second where both are equal
        return args[1] + OF_ONE["relu"](args[0] - args[1])
    if name == "min":
        return args[1] - OF_ONE["relu"](args[1] - args[0])
    return circuit.function_of(name, args)


def value_template(formula: Tree) -> Template:
    """The activation as a template in the pre-activation."""
    return Template((_X,), circuit.expression(formula, (_X,), circuit.function_of))


@cache
def printed_slope(formula: Tree) -> Expr:
    """The derivative in ``x`` as it is printed, functions of cases by name."""
    raw = sympy.diff(circuit.expression(formula, (_X,), _named).doit(), _X)
    found = min(_forms(raw), key=sympy.count_ops)  # the first of equally short ones
    for name, function in OF_ONE.items():
        found = found.replace(function, Function(name, real=True))
    return found


def _forms(raw: Expr) -> Iterator[Expr]:
    """Equal forms of a derivative, the same at every kink too."""
    yield sympy.factor_terms(raw)
    for call in raw.atoms(Function):
        name, (u, *_) = call.func.__name__, call.args
        if name == "sign":  # x sign(x) is |x|, also at 0
            raw = raw.subs(u * call, OF_ONE["abs"](u))
        elif name == "relu'":
            raw = raw.subs(u * call, OF_ONE["relu"](u))
    raw = raw.replace(_is_square_of_root, lambda power: power.base.args[0] ** (power.exp / 2))
    yield raw
    exponents = (abs(p.exp) for p in raw.atoms(Pow) if p.exp.is_Integer)
    if sympy.count_ops(raw) <= _MOST_OPERATIONS and max(exponents, default=0) <= _MOST_EXPONENT:
        whole = sympy.together(raw)
        yield whole
        # into factors of rational coefficients; nothing is cancelled that may be 0
        top, bottom = sympy.fraction(whole)
        yield sympy.factor(top) / sympy.factor(bottom)


def _is_square_of_root(expr: Expr) -> bool:
    is_power = expr.is_Pow and isinstance(expr.base, circuit.sqrt)
    return bool(is_power and expr.exp.is_Integer and expr.exp % 2 == 0)


@cache
def slope_template(formula: Tree) -> Template:
    """The derivative as a template in the pre-activation."""
    return Template((_X,), with_cases(printed_slope(formula)))


def in_order(expr: Expr) -> Expr:
    """An expression with its fractions as quotients, ready for `formula.from_sympy`."""
    if not expr.args:
        return expr
    if expr.is_Add:
        # what has a minus sign goes last
        parts = sorted(expr.args, key=lambda part: part.could_extract_minus_sign())
        return sympy.Add(*map(in_order, parts), evaluate=False)
    top, bottom = sympy.fraction(expr, exact=True)
    if bottom != 1:
        sign = top.could_extract_minus_sign() and not top.is_Add
        top = -top if sign else top
        whole = Mul(in_order(top), Pow(in_order(bottom), -1, evaluate=False), evaluate=False)
        return Mul(Integer(-1), whole, evaluate=False) if sign else whole
    if expr.is_Mul:
        return Mul(*map(in_order, expr.args), evaluate=False)
    return expr.func(*map(in_order, expr.args), evaluate=False)


def templates(problem: Problem) -> dict[int, tuple[Template, Template]]:
    """The layers with a formula of their own: it and its derivative, by the layer's number.

    Raises InputError where a part without the variable has no value.
    """
    found = {}
    for number, layer in enumerate(problem.layers, start=1):
        if layer.formula is None:
            continue
        try:
            value = value_template(layer.formula)
        except ZeroDivisionError:
            raise InputError(Fault(f"layers[{number}].formula", "division by zero")) from None
        if value.expr.has(sympy.zoo, sympy.nan, sympy.I):
            message = "a function of a number in it has no value"
            raise InputError(Fault(f"layers[{number}].formula", message))
        found[number] = value, slope_template(layer.formula)
    return found
